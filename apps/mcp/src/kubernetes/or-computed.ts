import { ApiError } from '../kube/api-error.ts'

/** Why an effect is computed here, where a webhook of the cluster has no dry run. */
export const noDryRun = 'a webhook forbids trying it out'

/** Asks the server, and computes `here` when a webhook refuses to be asked. */
export async function orComputed<T>(onServer: () => Promise<T>, here: () => Promise<T>): Promise<T> {
  try {
    return await onServer()
  } catch (error) {
    const isRefused =
      error instanceof ApiError && error.status === 400 && /does not support dry run/.test(error.message)
    if (!isRefused) throw error
    return here()
  }
}
