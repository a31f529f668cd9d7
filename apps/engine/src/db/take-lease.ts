import { and, eq, or, sql } from 'drizzle-orm'
import type { Db } from './database.ts'
import { leases } from './lease.table.ts'

/**
 * Takes or renews a lease on work that one engine at a time does for all. False: another engine has it. It runs out by
 * the database's clock, so engines need not agree on the time.
 */
export async function takeLease(
  db: Db,
  { name, engine, seconds }: { name: string; engine: string; seconds: number },
): Promise<boolean> {
  const until = sql`now() + make_interval(secs => ${seconds})`
  const taken = await db
    .insert(leases)
    .values({ name, engine, until })
    .onConflictDoUpdate({
      target: leases.name,
      set: { engine, until },
      setWhere: or(eq(leases.engine, engine), sql`${leases.until} < now()`),
    })
    .returning({ name: leases.name })
  return taken.length > 0
}

/** Gives a lease back before it runs out, so that the next engine need not wait. */
export async function giveLease(db: Db, { name, engine }: { name: string; engine: string }): Promise<void> {
  await db.delete(leases).where(and(eq(leases.name, name), eq(leases.engine, engine)))
}
