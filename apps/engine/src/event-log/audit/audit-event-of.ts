import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import type { AuditRow } from './read-audit.ts'

/** A row as the wire carries it, and as its hash covers it. What is not sealed yet is told as it will be. */
export function auditEventOf(row: AuditRow): AuditEvent {
  const { user_id, format, ...rest } = row
  const event = { ...rest, at: row.at.toISOString() }
  if (row.seq !== null && format === null) return event
  // A number that is not known is told as it stands: the hash says whether the engine has written it.
  return { ...event, user_id, format: (format ?? 2) as 2 }
}
