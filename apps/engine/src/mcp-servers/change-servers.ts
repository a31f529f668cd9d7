import { randomUUID } from 'node:crypto'
import type { InputOf } from '@fairlead/contract/endpoints/define-endpoint'
import type {
  changeMcpServer as changed,
  createMcpServer as created,
  pinMcpTools as pinned,
} from '@fairlead/contract/endpoints/mcp-servers'
import { Refusal, SchemaRefusal } from '@fairlead/contract/errors'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import type { ListedTool } from '../mcp-client/to-catalogue-tool.ts'
import { mcpServers, toolPins } from './mcp-server.table.ts'
import { readServerAddress } from './server-address.ts'
import type { ServerConnections } from './server-connections.ts'
import { listNow, normalForm } from './server-reads.ts'
import { findServer, type McpServerRow, type ServerWithPins } from './server-rows.ts'

export type Administrator = { id: string; email: string; address: string }
export type ServerPorts = {
  db: Db
  connections: ServerConnections
  /** Cancels what still waits of its calls. */
  cancelCalls(of: { server: string; why: string }): Promise<void>
}
/** A server, with what it has just listed; undefined where it was not asked. */
export type Listed = { row: ServerWithPins; listed: readonly ListedTool[] | undefined }

/** Toolsets of the release, and the name of its own server. */
const reserved = ['k8s', 'helm', 'argo', 'jenkins', 'builtin']

/** Nothing of it is pinned. Throws Refusal. */
export async function createServer(
  { db, connections }: ServerPorts,
  { input, by }: { input: InputOf<typeof created>; by: Administrator },
): Promise<Listed> {
  const { name, token_env = null, enabled = true } = input
  if (reserved.includes(name)) {
    const msg = `Must be none of ${reserved.join(', ')}`
    throw new SchemaRefusal([{ type: 'value_error', loc: ['body', 'name'], msg, input: name }])
  }
  const url = readServerAddress(input.url)
  const listed = await listNow(connections, { name, url, token_env })
  const row = await db.transaction(async (tx) => {
    const values = { id: randomUUID(), name, url, token_env, enabled }
    const [inserted] = await tx.insert(mcpServers).values(values).onConflictDoNothing().returning()
    if (inserted === undefined) throw new Refusal('mcpServerExists', { words: { name } })
    await recordChange(tx, by, { change: 'created', row: inserted })
    return inserted
  })
  return { row: { ...row, pins: [] }, listed }
}

/** A new address has tools that nobody has looked at: its pins go. Throws Refusal. */
export async function changeServer(
  { db, connections, cancelCalls }: ServerPorts,
  { id, input, by }: { id: string; input: InputOf<typeof changed>; by: Administrator },
): Promise<Listed> {
  const before = await editable(db, id)
  const next = {
    url: input.url === undefined ? before.url : readServerAddress(input.url),
    token_env: input.token_env === undefined ? before.token_env : input.token_env,
    enabled: input.enabled ?? before.enabled,
  }
  const isMoved = next.url !== before.url
  const isListed = next.enabled && (isMoved || next.token_env !== before.token_env)
  const listed = isListed ? await listNow(connections, { name: before.name, ...next }) : undefined
  const row = await db.transaction(async (tx) => {
    const [updated] = await tx
      .update(mcpServers)
      .set({ ...next, updated_at: new Date() })
      .where(eq(mcpServers.id, before.id))
      .returning()
    if (updated === undefined) throw new Refusal('mcpServerNotFound')
    if (isMoved) await tx.delete(toolPins).where(eq(toolPins.server_id, before.id))
    await recordChange(tx, by, { change: 'changed', row: updated })
    return updated
  })
  // They were proposed for the server at the old address. What is approved already is asked about again.
  if (isMoved) await cancelCalls({ server: row.name, why: `the MCP server ${row.name} has another address now` })
  return { row: { ...row, pins: isMoved ? [] : before.pins }, listed }
}

/** Throws Refusal. */
export async function deleteServer(
  { db, cancelCalls }: ServerPorts,
  { id, by }: { id: string; by: Administrator },
): Promise<void> {
  const row = await editable(db, id)
  await db.transaction(async (tx) => {
    await tx.delete(mcpServers).where(eq(mcpServers.id, row.id))
    await recordChange(tx, by, { change: 'deleted', row })
  })
  await cancelCalls({ server: row.name, why: `the MCP server ${row.name} was removed` })
}

/** All of them or none. Throws Refusal, `mcpToolChanged` with the names of those that are not as they were seen. */
export async function pinTools(
  { db, connections }: ServerPorts,
  { id, input, by }: { id: string; input: InputOf<typeof pinned>; by: Administrator },
): Promise<Listed> {
  const row = await editable(db, id)
  const listed = await listNow(connections, row)
  const present = new Map(listed.map((tool) => [tool.name, tool]))
  const wrong = input.tools.filter(({ name, digest }) => present.get(name)?.digest !== digest)
  if (wrong.length > 0) {
    throw new Refusal('mcpToolChanged', { fields: { tools: wrong.map(({ name }) => name) } })
  }
  const chosen = input.tools.flatMap(({ name }) => present.get(name) ?? [])
  await db.transaction(async (tx) => {
    for (const tool of chosen) {
      const pin = { digest: tool.digest, pinned: normalForm(tool), pinned_by: by.email, pinned_at: new Date() }
      await tx
        .insert(toolPins)
        .values({ server_id: row.id, name: tool.name, ...pin })
        .onConflictDoUpdate({ target: [toolPins.server_id, toolPins.name], set: pin })
    }
    await recordAudit(
      tx,
      chosen.map((tool) => ({
        ...{ actor: by.email, actor_ip: by.address, type: 'tool.pinned' as const },
        data: { server: row.name, tool: tool.name, digest: tool.digest, pinned: normalForm(tool) },
      })),
    )
  })
  return { row: await findServer(db, row.id), listed }
}

/** Throws Refusal `mcpServerNotFound`, also for a tool that is not pinned. */
export async function unpinTool(
  { db }: Pick<ServerPorts, 'db'>,
  { id, tool, by }: { id: string; tool: string; by: Administrator },
): Promise<void> {
  const row = await editable(db, id)
  await db.transaction(async (tx) => {
    const [gone] = await tx
      .delete(toolPins)
      .where(and(eq(toolPins.server_id, row.id), eq(toolPins.name, tool)))
      .returning()
    if (gone === undefined) throw new Refusal('mcpServerNotFound')
    const data = { server: row.name, tool, digest: null, pinned_digest: gone.digest }
    await recordAudit(tx, { actor: by.email, actor_ip: by.address, type: 'tool.unpinned', data })
  })
}

async function editable(db: Db, id: string): Promise<ServerWithPins> {
  if (id === 'builtin') throw new Refusal('mcpServerBuiltin')
  return await findServer(db, id)
}

async function recordChange(
  tx: Db,
  by: Administrator,
  { change, row }: { change: 'created' | 'changed' | 'deleted'; row: McpServerRow },
): Promise<void> {
  const { id, name, url, token_env, enabled } = row
  await recordAudit(tx, {
    ...{ actor: by.email, actor_ip: by.address, type: 'mcp_server.changed' },
    data: { change, id, name, url, token_env, enabled },
  })
}
