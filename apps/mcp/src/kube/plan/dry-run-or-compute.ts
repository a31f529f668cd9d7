import { NoDryRun } from '../discovery/dry-run-support.ts'
import { ApiError } from '../http/api-error.ts'

/**
 * Tries a write out by the server's dry run. Computes it `here` where there is none: a webhook does not support it, or the
 * group's API server does not declare it. `reason` is for the approver.
 */
export async function dryRunOrCompute<T>(onServer: () => Promise<T>, here: (reason: string) => Promise<T>): Promise<T> {
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
