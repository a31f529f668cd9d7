/** Time as the sandbox sees it, so that tests need not wait for it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs something later; call the answer to have it not run. */
  after(milliseconds: number, task: () => void): () => void
}

/** A longer one would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const realClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, task) => {
    let timer: NodeJS.Timeout
    const wait = (left: number) => {
      const part = Math.min(left, LONGEST_TIMER_MS)
      timer = setTimeout(() => (left > part ? wait(left - part) : task()), part)
      timer.unref()
    }
    wait(milliseconds)
    return () => clearTimeout(timer)
  },
}

/** The time of the API: RFC 3339 in whole seconds. */
export function timestamp(clock: Clock): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
}
