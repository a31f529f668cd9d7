import { GENESIS_HASH } from './event-hash.ts'
import type { Fault } from './fault.ts'
import { headsAhead, type KeptHead, type NextHead } from './heads-ahead.ts'
import type { PublicKey } from './public-keys.ts'
import { isNext, type Place, rowFault } from './row-fault.ts'
import type { SealedEvent } from './sealed-event.ts'
import { type Body, seenBodies } from './seen-bodies.ts'
import { seenKeys } from './seen-keys.ts'
import { type AuditHead, headChecker } from './signed-head.ts'

export type Entry = { body: Body } | { row: SealedEvent }

/** A record, or a stretch of it: in a database or a file. */
export type RecordedEvidence = {
  /** Rows in their order, each large body before the first row that refers to it. */
  entries(): AsyncIterable<Entry>
  /** The rows again, the whole chain where there is more of it: to find what became of one. */
  rows(): AsyncIterable<SealedEvent>
  /** In the order of the rows that they sign. */
  heads(): AsyncIterable<KeptHead> | Iterable<KeptHead>
  /** The public keys that it hands out. */
  keys: readonly PublicKey[]
}

export type VerifyOptions = {
  /** What signatures are checked against. */
  trusted: readonly PublicKey[]
  /** One of these has to have signed the newest head; a stretch that is cut short does not reach it. */
  newestHeadBy?: readonly PublicKey[]
  /** What the first row has to follow; the beginning of the chain by itself. */
  follows?: { seq: number; hash: string }
  /** Rows may be left out: only what is there is checked, and which rows follow each other. */
  hasGaps?: boolean
  /** The stretch ends before the chain does: a head beyond it is none of its business. */
  isCutShort?: boolean
  /** The keys come from outside: rows that nothing ties to them are a fault. */
  needsHead?: boolean
}

export type RecordReport = {
  checked: number
  first_seq: number | null
  last_seq: number | null
  bodies: number
  /** Heads that sign rows of it, and the last of them. */
  heads: number
  last_head: AuditHead | null
  /** Those of them that were kept outside of it. */
  heads_from_outside: number
  /** Rows from which an unbroken chain leads to a signed head. */
  signed: number
  /** Rows of the first format, whose `user_id` no hash covers. */
  first_format: number
  fault: Fault | null
}

/**
 * Walks a record and names the first thing that is not as it was written: rows, their large bodies, heads, keys. It reads
 * once, in constant memory but for a digest for each large body; a second time where a row has to be looked for.
 */
export async function verifyRecord(evidence: RecordedEvidence, options: VerifyOptions): Promise<RecordReport> {
  const { follows = { seq: 0, hash: GENESIS_HASH }, hasGaps = false } = options
  const report: RecordReport = {
    checked: 0,
    first_seq: null,
    last_seq: null,
    bodies: 0,
    heads: 0,
    last_head: null,
    heads_from_outside: 0,
    signed: 0,
    first_format: 0,
    fault: null,
  }
  const bodies = seenBodies()
  const keys = seenKeys(evidence.keys)
  /** Of a part of the chain nobody can say which keys the rest of it names. */
  const hasAllKeys = follows.seq === 0 && !hasGaps
  const check = headChecker(options.trusted)
  const heads = await headsAhead(evidence.heads())
  let last: Place = { ...follows, id: null, before: null }
  let unsigned = 0
  let signedUpTo = follows.seq
  let newest: { seq: number; kid: string; key: PublicKey } | undefined
  const end = (fault: Fault | null): RecordReport => ({ ...report, bodies: bodies.count, fault })

  /** Heads of rows before the record begins, and of rows that are left out, are checked by their signature alone. */
  const headFault = async (taken: NextHead, row: SealedEvent | undefined): Promise<Fault | undefined> => {
    const { head, jws } = taken
    const place = { seq: Number.isFinite(taken.seq) ? taken.seq : last.seq, id: null, of: 'head' } as const
    if (head === undefined) return { ...place, problem: 'changed', reason: 'unreadable', kid: null }
    if (!taken.hasOwnColumns) return { ...place, problem: 'changed', reason: 'columns', kid: head.kid }
    const checked = await check(jws)
    if (!checked.ok) return { ...place, problem: 'changed', reason: checked.reason, kid: head.kid }
    if (hasAllKeys && keys.isStranger(checked.key))
      return { ...place, problem: 'added', reason: 'unknown_key', kid: head.kid }
    newest = { seq: head.seq, kid: head.kid, key: checked.key }
    if (row === undefined || row.seq !== head.seq) return undefined
    const { seq, id } = row
    if (row.hash !== head.hash)
      return { seq, id, problem: 'changed', of: 'chain', since: signedUpTo + 1, kid: head.kid, at: head.at }
    report.heads++
    if (taken.isFromOutside) report.heads_from_outside++
    report.last_head = { seq: head.seq, hash: head.hash, at: head.at }
    report.signed += unsigned
    unsigned = 0
    signedUpTo = seq
    return undefined
  }

  for await (const entry of evidence.entries()) {
    if ('body' in entry) {
      bodies.note(entry.body)
      continue
    }
    const { row } = entry
    if (hasGaps && row.seq > last.seq + 1) {
      last = { seq: row.seq - 1, id: null, hash: row.prev_hash, before: null }
      unsigned = 0
      signedUpTo = last.seq
    }
    if (!isNext(row, last)) {
      return end(await rowFault(row, last, { rows: evidence.rows, nextHead: heads.next?.head }))
    }
    // Once the hash covers who may see a row, none goes back to the format in which it did not.
    const isFirstFormat = row.format === undefined
    if (isFirstFormat && report.checked > report.first_format) {
      return end({ ...placeOf(row), problem: 'changed', of: 'row' })
    }
    const fault = bodies.faultOf(row) ?? keys.faultOf(row)
    if (fault !== undefined) return end(fault)
    if (isFirstFormat) report.first_format++
    report.first_seq ??= row.seq
    report.last_seq = row.seq
    report.checked++
    unsigned++
    last = { seq: row.seq, id: row.id, hash: row.hash, before: row.prev_hash }
    for (let head = await heads.take(row.seq); head !== undefined; head = await heads.take(row.seq)) {
      const wrong = await headFault(head, row)
      if (wrong !== undefined) return end(wrong)
    }
  }

  for (let ahead = heads.next; ahead !== undefined; ahead = heads.next) {
    if (options.isCutShort && Number.isFinite(ahead.seq)) break
    await heads.take(Number.POSITIVE_INFINITY)
    const wrong = await headFault(ahead, undefined)
    if (wrong !== undefined) return end(wrong)
    if (hasGaps || ahead.head === undefined) continue
    const { seq: signed_seq, at } = ahead.head
    return end({ seq: last.seq + 1, id: null, problem: 'removed', of: 'tail', signed_seq, at })
  }
  const { unused } = bodies
  if (unused !== undefined && report.first_format === 0)
    return end({ seq: last.seq, id: null, problem: 'added', of: 'body', digest: unused })
  if (options.needsHead && report.checked > 0 && report.heads === 0)
    return end({ seq: last.seq, id: null, problem: 'removed', of: 'head', reason: 'none', kid: null })
  if (options.newestHeadBy && newest !== undefined && !options.isCutShort) {
    const { seq, kid, key } = newest
    const isOwn = options.newestHeadBy.some(({ x }) => x === key.x)
    if (!isOwn) return end({ seq, id: null, problem: 'changed', of: 'head', reason: 'not_own', kid })
  }
  return end(null)
}

function placeOf({ seq, id }: SealedEvent): { seq: number; id: string } {
  return { seq, id }
}
