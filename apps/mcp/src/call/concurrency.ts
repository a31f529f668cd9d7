import { ToolError } from '../tool/tool-error.ts'

/** How much runs at once in all and of one caller, and how much may wait. */
export type AdmissionLimits = { atOnce: number; each: number; waiting: number }

type Waiting = { caller: string; turn: number; start: () => void; refuse: (why: ToolError) => void }

/** Resolves when one more of that caller may run, to the function that says it has ended. */
export type Admission = (caller: string, signal: AbortSignal) => Promise<() => void>

/**
 * What is over the limits waits in order, each caller's first before anybody's second: one caller's never stand before
 * another's. Rejects with `Unavailable` when as many wait as may, and with `Cancelled` when the signal fires.
 */
export function createAdmission({ atOnce, each, waiting: mostWaiting }: AdmissionLimits): Admission {
  const running = new Map<string, number>()
  const waiting: Waiting[] = []
  /** The turn that the next of a caller would have, where that is still to come. */
  const turns = new Map<string, number>()
  let now = 0
  let total = 0
  const mayRun = (caller: string) => total < atOnce && (running.get(caller) ?? 0) < each
  const begin = (caller: string): (() => void) => {
    total++
    running.set(caller, (running.get(caller) ?? 0) + 1)
    let hasEnded = false
    return () => {
      if (hasEnded) return
      hasEnded = true
      total--
      const left = (running.get(caller) ?? 1) - 1
      if (left === 0) running.delete(caller)
      else running.set(caller, left)
      const next = waiting.findIndex((entry) => mayRun(entry.caller))
      if (next >= 0) startNext(...waiting.splice(next, 1))
    }
  }
  const startNext = (entry?: Waiting) => {
    if (entry === undefined) return
    now = Math.max(now, entry.turn)
    for (const [caller, turn] of turns) if (turn <= now) turns.delete(caller)
    entry.start()
  }
  const enqueue = (entry: Omit<Waiting, 'turn'>): Waiting => {
    const turn = turns.get(entry.caller) ?? now
    turns.set(entry.caller, turn + 1)
    const later = waiting.findIndex((other) => other.turn > turn)
    const queued = { ...entry, turn }
    waiting.splice(later < 0 ? waiting.length : later, 0, queued)
    return queued
  }
  return async (caller, signal) => {
    if (mayRun(caller)) return begin(caller)
    if (waiting.length >= mostWaiting)
      throw new ToolError('Unavailable', 'too many calls are waiting. Try again later.')
    const { promise, resolve, reject } = Promise.withResolvers<() => void>()
    const entry = enqueue({ caller, start: () => resolve(begin(caller)), refuse: reject })
    const leave = () => {
      const index = waiting.indexOf(entry)
      if (index >= 0) waiting.splice(index, 1)
      entry.refuse(new ToolError('Cancelled', 'the call was cancelled before it began.'))
    }
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', leave))
  }
}
