import { inArray } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents } from './audit-event.table.ts'

/** Which of these ids the audit knows as a call's, deleted conversations included. */
export async function auditedCallIds(db: Db, callIds: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectDistinct({ call_id: auditEvents.call_id })
    .from(auditEvents)
    .where(inArray(auditEvents.call_id, [...callIds]))
  return new Set(rows.flatMap(({ call_id }) => (call_id === null ? [] : [call_id])))
}
