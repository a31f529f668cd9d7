import type { AuditEvent, listAudit as endpoint } from '@fairlead/contract/endpoints/audit'
import type { QueryOf } from '@fairlead/contract/endpoints/define-endpoint'
import { Refusal } from '@fairlead/contract/errors'
import { uuid } from '@fairlead/contract/ids'
import type { Db } from '../db/database.ts'
import { storableTime } from '../db/storable-time.ts'
import { auditEventOf } from '../event-log/audit/audit-event-of.ts'
import { type AuditRow, type AuditScope, readAudit } from '../event-log/audit/read-audit.ts'

/** One page, newest first. */
export async function listAudit(
  db: Db,
  { query, scope }: { query: QueryOf<typeof endpoint>; scope: AuditScope },
): Promise<{ items: AuditEvent[]; next_cursor: string | null }> {
  const { limit, cursor, ...filters } = query
  const before = cursor === undefined ? undefined : positionOf(cursor)
  const rows = await readAudit(db, { filters, scope, limit: limit + 1, before })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(auditEventOf), next_cursor: rows.length > limit && last ? cursorOf(last) : null }
}

function cursorOf({ at, id }: AuditRow): string {
  return Buffer.from(`${at.toISOString()}|${id}`).toString('base64url')
}

function positionOf(cursor: string): { at: Date; id: string } {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('|')
  const at = storableTime(time)
  if (at === undefined || !uuid.safeParse(id).success) throw new Refusal('invalidCursor')
  return { at, id }
}
