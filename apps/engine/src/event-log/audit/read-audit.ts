import type { listAudit } from '@fairlead/contract/endpoints/audit'
import type { QueryOf } from '@fairlead/contract/endpoints/define-endpoint'
import { uuid } from '@fairlead/contract/ids'
import { and, desc, eq, gte, inArray, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents } from './audit-event.table.ts'

export type AuditFilters = Omit<QueryOf<typeof listAudit>, 'limit' | 'cursor'>
/** Whose rows: everybody's, or what concerns one user's account and conversations. */
export type AuditScope = 'all' | { userId: string }

export type AuditRow = typeof auditEvents.$inferSelect

/** The newest rows older than `before`, newest first. */
export function readAudit(
  db: Db,
  query: { filters: AuditFilters; scope: AuditScope; limit: number; before?: { at: Date; id: string } },
): Promise<AuditRow[]> {
  const { filters, scope, limit, before } = query
  const older =
    before &&
    sql`(${auditEvents.at}, ${auditEvents.id}) < (${before.at.toISOString()}::timestamptz, ${before.id}::uuid)`
  return db
    .select()
    .from(auditEvents)
    .where(and(rowsOf({ filters, scope }), older))
    .orderBy(desc(auditEvents.at), desc(auditEvents.id))
    .limit(limit)
}

/** What of the record is asked for, as a condition. */
export function rowsOf({ filters, scope }: { filters: AuditFilters; scope: AuditScope }): SQL | undefined {
  return and(inScope(scope), ...conditions(filters))
}

/**
 * Whether the record knows the id as somebody else's, whatever has become of what it names: who may not see a thing is
 * not told whether it is still there either.
 */
export async function isOthers(
  db: Db,
  { id, of, userId }: { id: string; of: 'conversation_id' | 'run_id' | 'call_id'; userId: string },
): Promise<boolean> {
  const column = auditEvents[of]
  if (of !== 'call_id' && !uuid.safeParse(id).success) return false
  const found = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(eq(column, id), ne(auditEvents.user_id, userId)))
    .limit(1)
  return found.length > 0
}

export function isInScope(row: Pick<AuditRow, 'user_id'>, scope: AuditScope): boolean {
  return scope === 'all' || row.user_id === scope.userId
}

export async function isRowInScope(db: Db, id: string, scope: AuditScope): Promise<boolean> {
  const [row] = await db.select({ user_id: auditEvents.user_id }).from(auditEvents).where(eq(auditEvents.id, id))
  return row !== undefined && isInScope(row, scope)
}

function inScope(scope: AuditScope): SQL | undefined {
  return scope === 'all' ? undefined : eq(auditEvents.user_id, scope.userId)
}

function conditions(filters: AuditFilters): (SQL | undefined)[] {
  const { data } = auditEvents
  const types = filters.type?.split(',').map((type) => type.trim())
  return [
    filters.start ? gte(auditEvents.at, new Date(filters.start)) : undefined,
    filters.end ? lte(auditEvents.at, new Date(filters.end)) : undefined,
    types && inArray(auditEvents.type, types),
    filters.user_id ? eq(auditEvents.user_id, filters.user_id) : undefined,
    filters.conversation_id ? isId(auditEvents.conversation_id, filters.conversation_id) : undefined,
    filters.run_id ? isId(auditEvents.run_id, filters.run_id) : undefined,
    filters.call_id ? eq(auditEvents.call_id, filters.call_id) : undefined,
    filters.tool ? sql`${data}->>'tool' = ${filters.tool}` : undefined,
    filters.outcome ? sql`${data}->>'outcome' = ${filters.outcome}` : undefined,
    touching(filters),
  ]
}

/** A text that is no UUID is the id of nothing. */
function isId(column: typeof auditEvents.conversation_id | typeof auditEvents.run_id, id: string): SQL {
  return uuid.safeParse(id).success ? eq(column, id) : sql`false`
}

/** Rows whose objects, or whose effect's objects, hold one that fits all that is asked of it. */
function touching({ cluster, namespace, object }: AuditFilters): SQL | undefined {
  const [kind, name] = object?.split('/') ?? []
  const wanted = Object.entries({ cluster, namespace, kind, name }).filter(([, value]) => value)
  if (wanted.length === 0) return undefined
  const fits = JSON.stringify([Object.fromEntries(wanted)])
  const { data } = auditEvents
  return or(sql`${data}->'objects' @> ${fits}::jsonb`, sql`${data}->'effect'->'objects' @> ${fits}::jsonb`)
}
