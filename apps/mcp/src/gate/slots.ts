/** Lets so many of several works run at a time; the others begin in the order in which they came. */
export function createSlots(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running === most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      // A slot that is handed on stays taken.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
