import { and, inArray, sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents } from './audit-event.table.ts'
import { recordAudit } from './record-audit.ts'

/** A tool that is not, or no more, as somebody vouched for it; `pinned_digest` is null for one that is new. */
export type UnpinnedTool = { server: string; tool: string; digest: string; pinned_digest: string | null }

const UNPINNED_LOCK = 0x756e_7069

const digestOf = sql<string>`${auditEvents.data}->>'digest'`

/** Records each of these tools once per digest, over every engine and restart. */
export async function recordUnpinned(db: Db, tools: readonly UnpinnedTool[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${UNPINNED_LOCK})`)
    const digests = tools.map(({ digest }) => digest)
    const rows = await tx
      .select({ server: sql<string>`${auditEvents.data}->>'server'`, digest: digestOf })
      .from(auditEvents)
      .where(and(sql`${auditEvents.type} = 'tool.unpinned'`, inArray(digestOf, digests)))
    const fresh = tools.filter((tool) => !rows.some((row) => row.server === tool.server && row.digest === tool.digest))
    await recordAudit(
      tx,
      fresh.map((data) => ({ actor: 'engine', type: 'tool.unpinned' as const, data })),
    )
  })
}
