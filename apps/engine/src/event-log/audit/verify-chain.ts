import { GENESIS_HASH } from '@fairlead/contract/audit/event-hash'
import type { Fault } from '@fairlead/contract/audit/fault'
import { faultSentence } from '@fairlead/contract/audit/fault-sentence'
import type { PublicKey } from '@fairlead/contract/audit/public-keys'
import { readHead } from '@fairlead/contract/audit/signed-head'
import { type Entry, verifyRecord } from '@fairlead/contract/audit/verify-record'
import type { verifyAudit } from '@fairlead/contract/endpoints/audit'
import type { OutputOf } from '@fairlead/contract/endpoints/define-endpoint'
import { sha256 } from '@fairlead/contract/json/digest'
import { count, desc, eq, isNull } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents, auditHeads } from './audit-event.table.ts'
import { firstWithoutHash } from './first-without-hash.ts'
import { readEvidence, readHeads, readSealedRows, type Stretch } from './read-evidence.ts'

export type ChainReport = OutputOf<typeof verifyAudit>

export type ChainKeys = {
  /** Of the engine's key file. */
  own: readonly PublicKey[]
  /** What signatures are checked against: its own, and retired ones as the database keeps them. */
  trusted: readonly PublicKey[]
  /** What exports hand out. */
  handedOut: readonly PublicKey[]
}

/** Walks the chain and names what is wrong first. `from` and `to` are the first and the last `seq` to look at. */
export async function verifyChain(
  db: Db,
  keys: ChainKeys,
  { from, to, signal }: Omit<Stretch, 'where'> = {},
): Promise<ChainReport> {
  signal?.throwIfAborted()
  const follows = await rowBefore(db, from ?? 1)
  const evidence = {
    entries: () => entries(db, { from, to, signal }),
    rows: () => readSealedRows(db, { signal }),
    heads: () => readHeads(db, { from }),
    keys: keys.handedOut,
  }
  const report = await verifyRecord(evidence, {
    trusted: keys.trusted,
    newestHeadBy: keys.own,
    follows,
    isCutShort: to !== undefined,
  })
  const { checked, first_seq, last_seq } = report
  const unsealable =
    report.fault === null && to === undefined
      ? await unsealableFault(db, { seq: (last_seq ?? follows.seq) + 1, signal })
      : null
  const fault = report.fault ?? unsealable
  const [last] = await db.select().from(auditHeads).orderBy(desc(auditHeads.seq)).limit(1)
  const head = last && readHead(last.jws)
  const [unsealed] = await db.select({ n: count() }).from(auditEvents).where(isNull(auditEvents.seq))
  return {
    ok: fault === null,
    checked,
    first_seq,
    last_seq,
    head: head ? { seq: head.seq, hash: head.hash, at: head.at } : null,
    unsealed: Number(unsealed?.n ?? 0),
    first_bad:
      fault === null
        ? null
        : { seq: fault.seq, id: fault.id, problem: fault.problem, of: fault.of, detail: faultSentence(fault) },
  }
}

/** Of a row that waits behind the chain and can never be part of it. `seq` is the place that it waits for. */
async function unsealableFault(db: Db, { seq, signal }: { seq: number; signal?: AbortSignal }): Promise<Fault | null> {
  const id = await firstWithoutHash(db, signal)
  return id === undefined ? null : { seq, id, problem: 'added', of: 'row' }
}

async function* entries(db: Db, stretch: Stretch): AsyncGenerator<Entry> {
  for await (const entry of readEvidence(db, stretch)) {
    if ('row' in entry) yield entry
    else {
      const { sha256: kept, body, contentType } = entry.body
      yield { body: { kept, actual: sha256(body), contentType } }
    }
  }
}

async function rowBefore(db: Db, from: number): Promise<{ seq: number; hash: string }> {
  const seq = from - 1
  const [row] = await db.select({ hash: auditEvents.hash }).from(auditEvents).where(eq(auditEvents.seq, seq))
  return { seq, hash: row?.hash ?? GENESIS_HASH }
}
