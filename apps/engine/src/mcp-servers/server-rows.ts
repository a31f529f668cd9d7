import { Refusal } from '@fairlead/contract/errors'
import { asc, eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { isUuid } from '../http/is-uuid.ts'
import { mcpServers, toolPins } from './mcp-server.table.ts'

export type McpServerRow = typeof mcpServers.$inferSelect
export type ToolPinRow = typeof toolPins.$inferSelect
export type ServerWithPins = McpServerRow & { pins: readonly ToolPinRow[] }

/** All, by name, with what is pinned of them. */
export async function readServers(db: Db): Promise<ServerWithPins[]> {
  const [servers, pins] = await Promise.all([
    db.select().from(mcpServers).orderBy(asc(mcpServers.name)),
    db.select().from(toolPins),
  ])
  return servers.map((server) => ({ ...server, pins: pins.filter(({ server_id }) => server_id === server.id) }))
}

/** Throws Refusal `mcpServerNotFound`. */
export async function findServer(db: Db, id: string): Promise<ServerWithPins> {
  const [row] = isUuid(id) ? await db.select().from(mcpServers).where(eq(mcpServers.id, id)) : []
  if (row === undefined) throw new Refusal('mcpServerNotFound')
  return { ...row, pins: await db.select().from(toolPins).where(eq(toolPins.server_id, row.id)) }
}
