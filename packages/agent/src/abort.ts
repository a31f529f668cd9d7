/** Why a run is told to end before its time. */
export const abortReasons = ['stopped-by-person', 'lost-ownership', 'shutting-down'] as const
export type AbortReason = (typeof abortReasons)[number]

/** Ends the loop without another word: the run is no longer this engine's, or the engine goes down. */
export class RunInterrupted extends Error {
  readonly reason: Exclude<AbortReason, 'stopped-by-person'>

  constructor(reason: Exclude<AbortReason, 'stopped-by-person'>, options?: { cause?: unknown }) {
    super(`The run was interrupted: ${reason}`, options)
    this.name = 'RunInterrupted'
    this.reason = reason
  }
}

/** True when a person stopped the run; throws when it must end silently. */
export function wasStopped(signal: AbortSignal): boolean {
  if (!signal.aborted) return false
  const reason: unknown = signal.reason
  if (reason === 'stopped-by-person') return true
  throw new RunInterrupted(reason === 'shutting-down' ? 'shutting-down' : 'lost-ownership', { cause: reason })
}
