import { GENESIS_HASH } from '@fairlead/contract/audit/event-hash'
import { faultSentence } from '@fairlead/contract/audit/fault-sentence'
import type { PublicKey } from '@fairlead/contract/audit/public-keys'
import { readHead } from '@fairlead/contract/audit/signed-head'
import { type Entry, verifyRecord } from '@fairlead/contract/audit/verify-record'
import { sha256 } from '@fairlead/contract/digest'
import type { verifyAudit } from '@fairlead/contract/endpoints/audit'
import type { OutputOf } from '@fairlead/contract/endpoints/define-endpoint'
import { count, desc, eq, isNull } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents, auditHeads } from '../audit-event.table.ts'
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
  const { fault, checked, first_seq, last_seq } = report
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
