import { eventHash, GENESIS_HASH } from '@fairlead/contract/audit/event-hash'
import { desc, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents } from './audit-event.table.ts'
import { auditEventOf } from './audit-event-of.ts'
import type { AuditRow } from './read-audit.ts'

const SEAL_LOCK = 0x7365_616c
/** Rows that are sealed in one transaction. */
export const SEAL_BATCH = 500

/**
 * Seals what is committed and unsealed, and resolves to how many rows that were. A row whose transaction commits late
 * is simply sealed later: rows are found by not having a seal, never by a position. Safe if two engines do it at once.
 * A row that has no hash is passed by, so that it holds up no other, and told by a rejection once those are sealed.
 */
export async function seal(db: Db): Promise<number> {
  if ((await oldestUnsealed(db)).length === 0) return 0
  const { sealed, passedBy } = await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${SEAL_LOCK})`)
    const rows = await unsealed(tx)
    const [last] = await lastSealed(tx)
    const { seals, passedBy } = sealsOf(rows, { seq: last?.seq ?? 0, hash: last?.hash ?? GENESIS_HASH })
    if (seals.length > 0)
      await tx.execute(sql`
        update audit_events as e set seq = s.seq, prev_hash = s.prev_hash, hash = s.hash, format = 2
        from jsonb_to_recordset(${JSON.stringify(seals)}::jsonb) as s(id uuid, seq bigint, prev_hash text, hash text)
        where e.id = s.id and e.seq is null`)
    return { sealed: seals.length, passedBy }
  })
  if (passedBy !== undefined) throw passedBy
  return sealed
}

function sealsOf(rows: readonly AuditRow[], last: { seq: number; hash: string }) {
  const seals: { id: string; seq: number; prev_hash: string; hash: string }[] = []
  let { seq, hash: prev_hash } = last
  let passedBy: Error | undefined
  for (const row of rows) {
    try {
      const hash = eventHash(prev_hash, auditEventOf(row))
      seals.push({ id: row.id, seq: ++seq, prev_hash, hash })
      prev_hash = hash
    } catch (cause) {
      const sentence = `Row ${row.id} of the record cannot be sealed: it has no hash, so it is not the engine that wrote it`
      passedBy ??= new Error(sentence, { cause })
    }
  }
  return { seals, passedBy }
}

const unsealed = (db: Db) =>
  db.select().from(auditEvents).where(isNull(auditEvents.seq)).orderBy(auditEvents.at, auditEvents.id).limit(SEAL_BATCH)

const oldestUnsealed = (db: Db) =>
  db
    .select({ at: auditEvents.at })
    .from(auditEvents)
    .where(isNull(auditEvents.seq))
    .orderBy(auditEvents.at, auditEvents.id)
    .limit(1)

const lastSealed = (db: Db) =>
  db
    .select({ seq: auditEvents.seq, hash: auditEvents.hash })
    .from(auditEvents)
    .where(isNotNull(auditEvents.seq))
    .orderBy(desc(auditEvents.seq))
    .limit(1)

/** How long the oldest unsealed row has waited, in seconds; 0 when there is none. */
export async function sealerLag(db: Db): Promise<number> {
  const [oldest] = await oldestUnsealed(db)
  return oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest.at.getTime()) / 1000)
}
