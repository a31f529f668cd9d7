import { NoDryRun } from '../../../kube/discovery/dry-run-support.ts'
import { ApiError } from '../../../kube/http/api-error.ts'

/**
 * Asks the server, and computes `here` where it cannot be asked: a webhook refuses to be, or the server of that group does
 * not say that it can. `reason` is for the approver.
 */
export async function orComputed<T>(onServer: () => Promise<T>, here: (reason: string) => Promise<T>): Promise<T> {
  try {
    return await onServer()
  } catch (error) {
    if (error instanceof NoDryRun) return here('its API server does not say that it can try writes out')
    const isRefused =
      error instanceof ApiError && error.status === 400 && /does not support dry run/.test(error.message)
    if (!isRefused) throw error
    return here('a webhook forbids trying it out')
  }
}
