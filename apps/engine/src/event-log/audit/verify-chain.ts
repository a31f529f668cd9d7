import type { verifyAudit } from '@fairlead/contract/endpoints/audit'
import type { OutputOf } from '@fairlead/contract/endpoints/define-endpoint'
import { and, asc, count, desc, eq, gte, isNotNull, isNull, lte, max } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents, auditHeads } from '../audit-event.table.ts'
import { auditEventOf, eventHash, GENESIS_HASH } from './event-hash.ts'

export type ChainReport = OutputOf<typeof verifyAudit>
type Row = typeof auditEvents.$inferSelect
type Fault = NonNullable<ChainReport['first_bad']>
type Seen = { seq: number; id: string | null; hash: string; before: string }

const PAGE = 500

/** Walks the chain and names its first bad row. `from` and `to` are the first and the last `seq` to look at. */
export async function verifyChain(db: Db, { from = 1, to }: { from?: number; to?: number }): Promise<ChainReport> {
  const [end] = await db.select({ seq: max(auditEvents.seq) }).from(auditEvents)
  const until = Math.min(to ?? Number.MAX_SAFE_INTEGER, Number(end?.seq ?? 0))
  const heads = await db.select().from(auditHeads).orderBy(desc(auditHeads.seq)).limit(1)
  const [unsealed] = await db.select({ n: count() }).from(auditEvents).where(isNull(auditEvents.seq))
  let seen = await rowBefore(db, from)
  let checked = 0
  let fault: Fault | null = null
  while (seen.seq < until && fault === null) {
    const page = await db
      .select()
      .from(auditEvents)
      .where(and(gte(auditEvents.seq, seen.seq + 1), lte(auditEvents.seq, until)))
      .orderBy(asc(auditEvents.seq))
      .limit(PAGE)
    fault = await headFault(db, page)
    for (const row of page) {
      const bad = await faultOf(db, row, seen)
      if (bad && (fault === null || bad.seq <= fault.seq)) fault = bad
      if (bad) break
      checked++
      seen = { seq: row.seq ?? 0, id: row.id, hash: row.hash ?? '', before: row.prev_hash ?? '' }
    }
  }
  const [head] = heads
  // The chain ends before a head that was signed: its end is gone.
  if (fault === null && head && to === undefined && head.seq > until)
    fault = { seq: until + 1, id: null, problem: 'removed' }
  return {
    ok: fault === null,
    checked,
    first_seq: until >= from ? from : null,
    last_seq: until >= from ? until : null,
    head: head ? { seq: head.seq, hash: head.hash, at: head.at.toISOString() } : null,
    unsealed: Number(unsealed?.n ?? 0),
    first_bad: fault,
  }
}

async function rowBefore(db: Db, from: number): Promise<Seen> {
  const [row] = await db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.seq, from - 1))
  return { seq: from - 1, id: row?.id ?? null, hash: row?.hash ?? GENESIS_HASH, before: row?.prev_hash ?? '' }
}

async function faultOf(db: Db, row: Row, seen: Seen): Promise<Fault | undefined> {
  const { id } = row
  const expected = seen.seq + 1
  if (row.seq !== expected) {
    const isElsewhere = await exists(db, eq(auditEvents.prev_hash, seen.hash))
    return { seq: expected, id: null, problem: isElsewhere ? 'moved' : 'removed' }
  }
  const isWhole = row.hash === eventHash(row.prev_hash ?? '', auditEventOf(row))
  if (row.prev_hash === seen.hash) return isWhole ? undefined : { seq: expected, id, problem: 'changed' }
  if (!isWhole) return { seq: expected, id, problem: 'added' }
  // Whole, but follows another row than the one before it.
  if (row.prev_hash === seen.before) return { seq: seen.seq, id: seen.id, problem: 'added' }
  const follows = await exists(db, eq(auditEvents.hash, row.prev_hash ?? ''))
  if (follows) return { seq: expected, id, problem: 'moved' }
  return (await isShifted(db, expected))
    ? { seq: expected, id: null, problem: 'removed' }
    : { seq: seen.seq, id: seen.id, problem: 'changed' }
}

/** The rows behind stand at other places than when a head was signed: one before them is gone. */
async function isShifted(db: Db, seq: number): Promise<boolean> {
  const [head] = await db
    .select()
    .from(auditHeads)
    .where(gte(auditHeads.seq, seq))
    .orderBy(asc(auditHeads.seq))
    .limit(1)
  if (head === undefined) return true
  const [row] = await db.select({ seq: auditEvents.seq }).from(auditEvents).where(eq(auditEvents.hash, head.hash))
  return row?.seq !== head.seq
}

/** A row that a signed head knows by another hash: somebody wrote the chain anew. */
async function headFault(db: Db, page: readonly Row[]): Promise<Fault | null> {
  const [first, last] = [page[0], page.at(-1)]
  if (first?.seq == null || last?.seq == null) return null
  const heads = await db
    .select()
    .from(auditHeads)
    .where(and(gte(auditHeads.seq, first.seq), lte(auditHeads.seq, last.seq)))
    .orderBy(asc(auditHeads.seq))
  const hashes = new Map(page.map((row) => [row.seq, row]))
  for (const head of heads) {
    const row = hashes.get(head.seq)
    if (row && row.hash !== head.hash) return { seq: head.seq, id: row.id, problem: 'changed' }
  }
  return null
}

async function exists(db: Db, condition: ReturnType<typeof eq>): Promise<boolean> {
  const found = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(isNotNull(auditEvents.seq), condition))
    .limit(1)
  return found.length > 0
}
