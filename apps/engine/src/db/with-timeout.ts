/** The work's own outcome, or a rejection once the limit has passed; the work itself goes on. */
export async function withTimeout<Value>(work: Promise<Value>, limitMs: number): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const tell = () => late.reject(new Error(`The database did not answer within ${limitMs} ms`))
  const timer = setTimeout(tell, limitMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
