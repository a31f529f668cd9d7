import { eventHash, GENESIS_HASH } from '@fairlead/contract/audit/event-hash'
import { and, asc, gt, isNull } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents } from './audit-event.table.ts'
import { auditEventOf } from './audit-event-of.ts'
import type { AuditRow } from './read-audit.ts'

const PAGE = 500

/** The first unsealed row, by its id, that can never be sealed: what it holds has no hash. */
export async function firstWithoutHash(db: Db, signal?: AbortSignal): Promise<string | undefined> {
  let after: string | undefined
  for (;;) {
    signal?.throwIfAborted()
    const page = await db
      .select()
      .from(auditEvents)
      .where(and(isNull(auditEvents.seq), after === undefined ? undefined : gt(auditEvents.id, after)))
      .orderBy(asc(auditEvents.id))
      .limit(PAGE)
    const found = page.find((row) => !hasHash(row))
    if (found !== undefined || page.length < PAGE) return found?.id
    after = page.at(-1)?.id
  }
}

function hasHash(row: AuditRow): boolean {
  try {
    eventHash(GENESIS_HASH, auditEventOf(row))
    return true
  } catch {
    return false
  }
}
