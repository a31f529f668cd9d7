import { asc, desc, gt, isNotNull } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents, auditHeads } from './audit-event.table.ts'
import { recordAudit } from './record-audit.ts'
import { runLeased } from './run-leased.ts'
import type { HeadSink } from './sinks.ts'

export type AuditHead = { seq: number; hash: string; at: string }

/** Signs the end of the chain, if it has grown since the last head, and keeps the head. Undefined: it has not. */
export async function signHead(db: Db, sign: (head: AuditHead) => Promise<string>): Promise<string | undefined> {
  const [[last], [signed]] = [
    await db
      .select({ seq: auditEvents.seq, hash: auditEvents.hash })
      .from(auditEvents)
      .where(isNotNull(auditEvents.seq))
      .orderBy(desc(auditEvents.seq))
      .limit(1),
    await db.select({ seq: auditHeads.seq }).from(auditHeads).orderBy(desc(auditHeads.seq)).limit(1),
  ]
  if (last === undefined || last.seq === null || last.hash === null || last.seq <= (signed?.seq ?? 0)) return undefined
  const at = new Date()
  const jws = await sign({ seq: last.seq, hash: last.hash, at: at.toISOString() })
  await db.insert(auditHeads).values({ seq: last.seq, hash: last.hash, at, jws })
  return jws
}

export type HeadsOptions = {
  db: Db
  engine: string
  /** AUDIT_HEAD_SECONDS. */
  seconds: number
  /** Compact JWS of the head, by the key that signs grants. */
  sign(head: AuditHead): Promise<string>
  sinks: readonly HeadSink[]
  signal: AbortSignal
  onError(error: unknown): void
}

/**
 * Signs the end of the chain at each interval and sends it to every sink. A sink that refuses is on record once and gets
 * what it missed with the next head; it never holds up another one.
 */
export function runHeads(options: HeadsOptions): Promise<void> {
  const { db, seconds, sign, sinks, onError } = options
  const positions = new Map<HeadSink, { seq: number; isFailing: boolean }>()

  const feed = async (sink: HeadSink, startAt: number) => {
    const position = positions.get(sink) ?? { seq: startAt, isFailing: false }
    positions.set(sink, position)
    const missed = await db
      .select({ seq: auditHeads.seq, jws: auditHeads.jws })
      .from(auditHeads)
      .where(gt(auditHeads.seq, position.seq))
      .orderBy(asc(auditHeads.seq))
      .limit(100)
    try {
      for (const { seq, jws } of missed) {
        await sink.write(jws)
        positions.set(sink, { seq, isFailing: false })
      }
    } catch (error) {
      onError(error)
      if (position.isFailing) return
      positions.set(sink, { seq: positions.get(sink)?.seq ?? startAt, isFailing: true })
      await recordAudit(db, { actor: 'engine', type: 'head.failed', data: { sink: sink.name } })
    }
  }

  return runLeased({
    ...options,
    name: 'audit-heads',
    everyMs: seconds * 1000,
    work: async () => {
      // A sink that is new to this process begins with the next head: the ones before went out already.
      const [known] = await db.select({ seq: auditHeads.seq }).from(auditHeads).orderBy(desc(auditHeads.seq)).limit(1)
      await signHead(db, sign)
      await Promise.all(sinks.map((sink) => feed(sink, known?.seq ?? 0)))
    },
  })
}
