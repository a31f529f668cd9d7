/**
 * `Promise.all` for statements of one transaction: it rejects only when all of them have settled. What is still under
 * way when a transaction is rolled back would reach its connection behind the rollback, and stay.
 */
export async function together<const Work extends readonly unknown[]>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  try {
    return await Promise.all(work)
  } catch (error) {
    await Promise.allSettled(work)
    throw error
  }
}
