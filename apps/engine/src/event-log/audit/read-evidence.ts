import { type BodyRef, bodyRefs } from '@fairlead/contract/audit/body-refs'
import type { KeptHead } from '@fairlead/contract/audit/heads-ahead'
import type { SealedEvent } from '@fairlead/contract/audit/sealed-event'
import { and, asc, gt, gte, isNotNull, lte, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { type Blob, readBlob } from '../record/blobs.ts'
import { auditEvents, auditHeads } from './audit-event.table.ts'
import { auditEventOf } from './audit-event-of.ts'

const PAGE = 500

/** A large body before the first row that refers to it, or a row. */
export type EvidenceEntry = { body: Blob } | { row: SealedEvent }

export type Stretch = {
  from?: number
  to?: number
  where?: SQL
  /** Nothing more is read once it is aborted; its reason is thrown. */
  signal?: AbortSignal
}

/**
 * Sealed rows in order, a page at a time: memory does not grow with their number. Without `from` that is every one, also
 * what somebody has put before the first.
 */
export async function* readSealedRows(db: Db, { from, to, where, signal }: Stretch = {}): AsyncGenerator<SealedEvent> {
  let after = from === undefined ? undefined : from - 1
  for (;;) {
    const behind = after === undefined ? undefined : gt(auditEvents.seq, after)
    const upTo = to === undefined ? undefined : lte(auditEvents.seq, to)
    const page = await db
      .select()
      .from(auditEvents)
      .where(and(isNotNull(auditEvents.seq), behind, upTo, where))
      .orderBy(asc(auditEvents.seq))
      .limit(PAGE)
    for (const row of page) {
      signal?.throwIfAborted()
      yield auditEventOf(row) as SealedEvent
    }
    if (page.length < PAGE) return
    after = page.at(-1)?.seq ?? after
  }
}

/** The rows with their large bodies, each once; a body that is gone is left out. */
export async function* readEvidence(db: Db, stretch: Stretch = {}): AsyncGenerator<EvidenceEntry> {
  const sent = new Set<string>()
  for await (const row of readSealedRows(db, stretch)) {
    for (const ref of bodyRefs(row)) {
      if (sent.has(ref.sha256)) continue
      sent.add(ref.sha256)
      const body = await readBody(db, ref)
      if (body !== undefined) yield { body }
    }
    yield { row }
  }
}

/** A row says of what type its bodies are; what stands beside the bytes nobody vouches for. */
async function readBody(db: Db, { sha256, content_type }: BodyRef): Promise<Blob | undefined> {
  const blob = await readBlob(db, sha256)
  return blob && { ...blob, contentType: content_type ?? blob.contentType }
}

/** Signed heads of a stretch of the chain, in order. */
export async function* readHeads(db: Db, { from = 1, to }: Stretch = {}): AsyncGenerator<KeptHead & { jws: string }> {
  let after = from - 1
  for (;;) {
    const upTo = to === undefined ? undefined : lte(auditHeads.seq, to)
    const page = await db
      .select()
      .from(auditHeads)
      .where(and(gte(auditHeads.seq, after + 1), upTo))
      .orderBy(asc(auditHeads.seq))
      .limit(PAGE)
    for (const { jws, seq, hash } of page) yield { jws, columns: { seq, hash } }
    if (page.length < PAGE) return
    after = page.at(-1)?.seq ?? after
  }
}
