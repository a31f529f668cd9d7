/** Why a request's signal is aborted. Who throws it has no fault to tell of: nobody waits for an answer. */
export const clientGone = new Error('The client went away before it was answered')
