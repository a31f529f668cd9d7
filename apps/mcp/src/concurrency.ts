import { ToolError } from './tool-error.ts'

const AT_ONCE = 32
const AT_ONCE_EACH = 8
const MOST_WAITING = 64

type Waiting = { caller: string; start: () => void; refuse: (why: ToolError) => void }

/** Resolves when a call of that caller may run, to the function that says it has ended. */
export type Admission = (caller: string, signal: AbortSignal) => Promise<() => void>

/** At most 32 calls at once, 8 of one caller; 64 more wait in order, where one caller's never stand before another's. */
export function createAdmission(): Admission {
  const running = new Map<string, number>()
  const waiting: Waiting[] = []
  let total = 0
  const mayRun = (caller: string) => total < AT_ONCE && (running.get(caller) ?? 0) < AT_ONCE_EACH
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
      const next = waiting.findIndex((each) => mayRun(each.caller))
      if (next >= 0) waiting.splice(next, 1)[0]?.start()
    }
  }
  return async (caller, signal) => {
    if (mayRun(caller)) return begin(caller)
    if (waiting.length >= MOST_WAITING)
      throw new ToolError('Unavailable', 'too many calls are waiting. Try again later.')
    const { promise, resolve, reject } = Promise.withResolvers<() => void>()
    const entry: Waiting = { caller, start: () => resolve(begin(caller)), refuse: reject }
    waiting.push(entry)
    const leave = () => {
      const index = waiting.indexOf(entry)
      if (index >= 0) waiting.splice(index, 1)
      entry.refuse(new ToolError('Cancelled', 'the call was cancelled before it began.'))
    }
    signal.addEventListener('abort', leave, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', leave))
  }
}
