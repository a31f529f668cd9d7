import { canonicalJson, sha256 } from '@fairlead/contract/digest'
import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import type { auditEvents } from '../audit-event.table.ts'

/** What the first sealed row follows. */
export const GENESIS_HASH = '0'.repeat(64)

/** A row as the wire carries it; `user_id` only says who may see it. */
export function auditEventOf(row: typeof auditEvents.$inferSelect): AuditEvent {
  const { user_id: _, ...event } = row
  return { ...event, at: row.at.toISOString() }
}

/** `sha256(prev_hash || JCS(event))`, the event without the three columns of its seal: a stranger can compute it. */
export function eventHash(prevHash: string, event: AuditEvent): string {
  const { seq: _seq, prev_hash: _prev, hash: _hash, ...sealed } = event
  return sha256(prevHash + canonicalJson(sealed))
}
