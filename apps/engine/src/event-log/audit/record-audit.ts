import { storable } from '@fairlead/service-kit/storable'
import type { Db } from '../../db/database.ts'
import { insertRows } from '../../db/insert-rows.ts'
import { together } from '../../db/together.ts'
import { auditEvents } from '../audit-event.table.ts'
import { type Blob, blobOf, insertBlob, type NewBlob } from '../blobs.ts'
import { redact } from '../redact.ts'
import { isBodyRef } from './body-refs.ts'
import { risingId } from './rising-id.ts'

/** Stored for ever: added to, never changed. */
export type AuditEventType =
  | 'auth.signed_in'
  | 'auth.failed'
  | 'user.changed'
  | 'conversation.created'
  | 'conversation.deleted'
  | 'message.asked'
  | 'generation.ended'
  | 'call.proposed'
  | 'call.ended'
  | 'call.cancelled'
  | 'effect.computed'
  | 'approval.requested'
  | 'approval.decided'
  | 'approval.expired'
  | 'grant.issued'
  | 'attempt.started'
  | 'attempt.ended'
  | 'verdict'
  | 'budget.crossed'
  | 'tool.unpinned'
  | 'export.made'
  | 'head.failed'

export type NewAuditEvent = {
  /** E-mail at that time; `engine` for the engine's own acts. */
  actor: string
  actor_ip?: string | null
  /** Whose account or conversation it concerns: who may see it without the audit right. */
  user_id?: string | null
  conversation_id?: string | null
  run_id?: string | null
  call_id?: string | null
  type: AuditEventType
  data: Record<string, unknown>
}

const LARGEST_BODY_BYTES = 64 * 1024

/**
 * Writes to the record that nobody edits, in the caller's transaction: durable with the fact it tells of, or not at
 * all. Data is redacted; a field of more than 64 KiB is kept as a blob and stands as `{blob, bytes}`. All is asked at
 * one moment.
 */
export async function recordAudit(db: Db, events: NewAuditEvent | readonly NewAuditEvent[]): Promise<void> {
  const bodies: Promise<unknown>[] = []
  const rows = [events].flat().map((event) => ({
    id: risingId(),
    at: new Date(),
    actor: storable(event.actor),
    actor_ip: event.actor_ip,
    user_id: event.user_id,
    conversation_id: event.conversation_id,
    run_id: event.run_id,
    call_id: event.call_id,
    type: event.type,
    data: withoutLargeBodies(event.data, (body) => {
      const blob = blobOf(body)
      bodies.push(insertBlob(db, blob))
      return blob
    }),
  }))
  await together([...bodies, insertRows(db, auditEvents, rows)])
}

function withoutLargeBodies(data: Record<string, unknown>, keep: (body: NewBlob) => Blob): Record<string, unknown> {
  const kept = storable(redact(JSON.parse(JSON.stringify(data)) as Record<string, unknown>))
  const isLarge = Buffer.byteLength(JSON.stringify(kept)) > LARGEST_BODY_BYTES
  for (const [name, value] of Object.entries(kept)) {
    // What only looks like one of our references would give its author a body of somebody else's.
    const isMistakable = isBodyRef(value)
    if (!isLarge && !isMistakable) continue
    const isText = typeof value === 'string'
    const body = isText ? value : JSON.stringify(value)
    if (!isMistakable && Buffer.byteLength(body) <= LARGEST_BODY_BYTES) continue
    const contentType = isText ? 'text/plain; charset=utf-8' : 'application/json'
    const { sha256, bytes } = keep({ contentType, body })
    kept[name] = { blob: sha256, bytes }
  }
  return kept
}
