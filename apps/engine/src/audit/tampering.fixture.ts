import { eventHash, GENESIS_HASH } from '@fairlead/contract/audit/event-hash'
import { asc, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { auditEvents, auditHeads } from '../event-log/audit/audit-event.table.ts'
import { auditEventOf } from '../event-log/audit/audit-event-of.ts'
import type { HeadKey } from '../event-log/audit/head-key.fixture.ts'

/** What the owner of the database can do: every table is theirs to change. */
export type Tampering = { db: Db; do(...statements: string[]): Promise<void> }

const tables = ['audit_events', 'audit_heads', 'blobs', 'signing_keys']

/** Switches the guards off, each in a way that an owner has. */
export const guardsOff = {
  'DISABLE TRIGGER': tables.map((table) => `alter table ${table} disable trigger user`),
  session_replication_role: ["set local session_replication_role = 'replica'"],
} as const

class RolledBack extends Error {}

/** Does it to the database, and takes it back when `read` has seen the result. */
export async function tampered<T>(
  db: Db,
  {
    how,
    tamper,
    read,
  }: { how: keyof typeof guardsOff; tamper(of: Tampering): Promise<void>; read(db: Db): Promise<T> },
): Promise<T> {
  let seen: { value: T } | undefined
  try {
    await db.transaction(async (tx) => {
      const run = async (...statements: readonly string[]) => {
        for (const statement of statements) await tx.execute(sql.raw(statement))
      }
      await run(
        ...guardsOff[how],
        'alter table blobs drop constraint blobs_digest',
        'alter table audit_events drop constraint audit_events_seq',
      )
      await tamper({ db: tx, do: run })
      seen = { value: await read(tx) }
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
  if (seen === undefined) throw new Error('Nothing was seen')
  return seen.value
}

/** Gives all rows from this one on the hashes that they would have had. */
export async function reseal({ db }: Tampering, from: number): Promise<void> {
  const rows = await db.select().from(auditEvents).where(isNotNull(auditEvents.seq)).orderBy(asc(auditEvents.seq))
  let previous = GENESIS_HASH
  for (const row of rows) {
    const isKept = (row.seq ?? 0) < from
    const hash = isKept ? (row.hash ?? '') : eventHash(previous, auditEventOf(row))
    if (!isKept)
      await db.execute(sql`update audit_events set prev_hash = ${previous}, hash = ${hash} where id = ${row.id}`)
    previous = hash
  }
}

/** Signs all heads anew over the rows as they are now. */
export async function signAgain({ db }: Tampering, key: HeadKey): Promise<void> {
  for (const head of await db.select().from(auditHeads)) {
    const [row] = await db.select().from(auditEvents).where(sql`seq = ${head.seq}`)
    const hash = row?.hash ?? ''
    const jws = await key.sign({ seq: head.seq, hash, at: head.at.toISOString() })
    await db.execute(sql`update audit_heads set hash = ${hash}, jws = ${jws} where seq = ${head.seq}`)
  }
}
