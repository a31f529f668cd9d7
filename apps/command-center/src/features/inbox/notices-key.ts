/** Whether this browser tells of calls that begin to wait. */
export const noticesKey = 'approval-notices'
