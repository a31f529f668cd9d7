/**
 * `Promise.all` for statements of one transaction: it rejects only when all of them have settled, with the fault of the
 * first in order, which the later ones may only follow from. What is still under way when a transaction is rolled back
 * would reach its connection behind the rollback, and stay.
 */
export async function together<const Work extends readonly unknown[]>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const settled = await Promise.allSettled(work)
  const values = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
  return values as { -readonly [Index in keyof Work]: Awaited<Work[Index]> }
}
