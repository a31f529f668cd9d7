import { sql } from 'drizzle-orm'
import type { Db } from './database.ts'
import { together } from './together.ts'

/** The driver knows by its words that this commit came early, and that the transaction's own is to be left out. */
export const EARLY_COMMIT = 'commit and no chain'

/**
 * Commits with the statements that the transaction asks at this moment: one trip in place of two. They decide among
 * themselves whether all is as it must be, by `demand`: one that fails turns the commit into a rollback. Whatever is
 * asked later fails, so it is for work that asks at once all that it has to ask.
 */
export async function commitTogether<const Work extends readonly unknown[]>(
  tx: Db,
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  let hasFailed = false
  const asked = work.map((one) => Promise.resolve(one)) // a statement of the query builder is asked whenever it is awaited
  for (const one of asked) {
    one.catch(() => {
      hasFailed = true
    })
  }
  await new Promise<void>((resolve) => process.nextTick(resolve))
  // A fault before its statement was asked would otherwise leave the others to be committed without it.
  const committed = hasFailed ? [] : [tx.execute(sql.raw(EARLY_COMMIT))]
  const values = await together([...asked, ...committed])
  return values.slice(0, work.length) as { -readonly [Index in keyof Work]: Awaited<Work[Index]> }
}
