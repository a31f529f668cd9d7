import type { AuditBody } from '@fairlead/contract/audit/body-refs'
import { maskValue } from '@fairlead/service-kit/redaction/mask'
import { storable } from '@fairlead/service-kit/storable'
import type { Db } from '../../db/database.ts'
import { type Blob, blobOf, insertBlob, type NewBlob } from '../record/blobs.ts'
import { auditEvents } from './audit-event.table.ts'
import { maskArguments } from './mask-arguments.ts'
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
  | 'effect.unmasked'
  | 'approval.requested'
  | 'approval.decided'
  | 'approval.expired'
  | 'grant.issued'
  | 'attempt.started'
  | 'attempt.ended'
  | 'verdict'
  | 'budget.crossed'
  | 'tool.pinned'
  | 'tool.unpinned'
  | 'mcp_server.changed'
  | 'integration.changed'
  | 'signing_key.added'
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
  /** Large bodies that `data` refers to and that are kept already: they belong to the row. */
  bodies?: readonly AuditBody[]
}

const LARGEST_BODY_BYTES = 64 * 1024

/**
 * Writes to the record that nobody edits, in the caller's transaction: durable with the fact it tells of, or not at
 * all. Secrets are hidden; a field of more than 64 KiB is kept as a blob and stands as `{blob, bytes}`. `data.bodies` lists
 * the row's large bodies: only the engine writes there, so that nobody can make a row refer to somebody else's.
 */
export async function recordAudit(db: Db, events: NewAuditEvent | readonly NewAuditEvent[]): Promise<void> {
  const large: Blob[] = []
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
    data: withoutLargeBodies(event, (body) => {
      const blob = blobOf(body)
      large.push(blob)
      return blob
    }),
  }))
  for (const blob of large) await insertBlob(db, blob)
  if (rows.length > 0) await db.insert(auditEvents).values(rows)
}

function withoutLargeBodies(event: NewAuditEvent, keep: (body: NewBlob) => Blob): Record<string, unknown> {
  const { bodies: _, ...kept } = storable(masked(JSON.parse(JSON.stringify(event.data)) as Record<string, unknown>))
  const bodies = [...(event.bodies ?? [])]
  const isSmall = Buffer.byteLength(JSON.stringify(kept)) <= LARGEST_BODY_BYTES
  for (const [name, value] of Object.entries(isSmall ? {} : kept)) {
    const isText = typeof value === 'string'
    const body = isText ? value : JSON.stringify(value)
    if (Buffer.byteLength(body) <= LARGEST_BODY_BYTES) continue
    const contentType = isText ? 'text/plain; charset=utf-8' : 'application/json'
    const { sha256, bytes } = keep({ contentType, body })
    kept[name] = { blob: sha256, bytes }
    bodies.push({ sha256, bytes, content_type: contentType })
  }
  return bodies.length === 0 ? kept : { ...kept, bodies }
}

/** What is about to be written, and would run, must stand in the record: a name hides nothing in it. */
function masked({ args, effect, ...read }: Record<string, unknown>): Record<string, unknown> {
  return {
    ...maskValue(read, 'read'),
    ...(args !== undefined && { args: maskArguments(args) }),
    ...(effect !== undefined && { effect: maskValue(effect, 'written') }),
  }
}
