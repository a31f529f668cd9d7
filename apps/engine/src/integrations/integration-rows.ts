import type { IntegrationRead } from '@fairlead/contract/endpoints/integrations'
import { Refusal } from '@fairlead/contract/errors'
import { asc, eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { isUuid } from '../http/is-uuid.ts'
import { integrations } from './integration.table.ts'

export type IntegrationRow = typeof integrations.$inferSelect

/** Oldest first. */
export function readIntegrations(db: Db, provider?: string): Promise<IntegrationRow[]> {
  return db
    .select()
    .from(integrations)
    .where(provider === undefined ? undefined : eq(integrations.provider, provider))
    .orderBy(asc(integrations.created_at))
}

/** Throws Refusal `integrationNotFound`. */
export async function findIntegration(db: Db, id: string): Promise<IntegrationRow> {
  const [row] = isUuid(id) ? await db.select().from(integrations).where(eq(integrations.id, id)) : []
  if (row === undefined) throw new Refusal('integrationNotFound')
  return row
}

export function integrationRead(row: IntegrationRow): IntegrationRead {
  const { id, provider, name, metadata, status, created_at, updated_at } = row
  const times = { created_at: created_at.toISOString(), updated_at: updated_at.toISOString() }
  return { id, provider, name, metadata, status, ...times }
}
