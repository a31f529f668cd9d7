import type { McpServerRead, McpToolRead, PinnedTool } from '@fairlead/contract/endpoints/mcp-servers'
import { Refusal } from '@fairlead/contract/errors'
import { type ToolServer, ToolServerUnavailable } from '../mcp-client/connect-tools.ts'
import type { ListedTool } from '../mcp-client/to-catalogue-tool.ts'
import { offeredName } from './offered-name.ts'
import type { ServerConnections } from './server-connections.ts'
import type { McpServerRow, ServerWithPins } from './server-rows.ts'

const LIST_TIMEOUT_MS = 15_000

/** What a server lists now, past every list that is kept. Throws Refusal `mcpServerSilent`. */
export async function listNow(
  connections: Pick<ServerConnections, 'fresh'>,
  row: Pick<McpServerRow, 'name' | 'url' | 'token_env'>,
): Promise<readonly ListedTool[]> {
  const server = connections.fresh(row)
  try {
    return await server.list(AbortSignal.timeout(LIST_TIMEOUT_MS))
  } catch (error) {
    if (!(error instanceof ToolServerUnavailable)) throw error
    throw new Refusal('mcpServerSilent', { fields: { reason: error.message }, cause: error })
  } finally {
    await server.close()
  }
}

export async function serverRead(
  connections: Pick<ServerConnections, 'fresh'>,
  row: ServerWithPins,
): Promise<McpServerRead> {
  const listed = row.enabled ? await listNow(connections, row).catch(onlySilent) : undefined
  return serverReadOf(row, listed)
}

export function serverReadOf(row: ServerWithPins, listed: readonly ListedTool[] | undefined): McpServerRead {
  const { id, name, url, token_env, enabled, created_at, updated_at } = row
  const states = (listed ?? []).map((tool) => stateOf(row, tool))
  const count = (state: McpToolRead['state']) => states.filter((each) => each === state).length
  return {
    ...{ id, name, url, kind: 'other', audience: null, token_env, enabled, reachable: listed !== undefined },
    tools: { pinned: count('pinned'), new: count('new'), changed: count('changed') },
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }
}

/** The server of the release, which is set by configuration. */
export async function builtinRead(
  { url, audience }: { url: string; audience: string },
  server: Pick<ToolServer, 'list'>,
): Promise<McpServerRead> {
  const listed = await listOf(server).catch(onlySilent)
  const pinned = listed?.filter((tool) => tool.pinned).length ?? 0
  return {
    ...{ id: 'builtin', name: 'builtin', url, kind: 'fairlead', audience, token_env: null, enabled: true },
    reachable: listed !== undefined,
    tools: { pinned, new: 0, changed: (listed?.length ?? 0) - pinned },
    ...{ created_at: null, updated_at: null },
  }
}

export async function builtinTools(server: Pick<ToolServer, 'list'>): Promise<McpToolRead[]> {
  const listed = await listOf(server)
  return listed.map((tool) => ({
    ...shownOf(tool),
    offered_as: tool.name,
    pinned_digest: tool.pinned ? tool.digest : null,
    pinned: null,
    state: tool.pinned ? 'pinned' : 'changed',
  }))
}

/** Those that are there, then those that were pinned and have gone. */
export function toolReads(row: ServerWithPins, listed: readonly ListedTool[]): McpToolRead[] {
  const there = listed.map((tool): McpToolRead => {
    const pin = row.pins.find(({ name }) => name === tool.name)
    return {
      ...shownOf(tool),
      offered_as: offeredName(row.name, tool.name),
      pinned_digest: pin?.digest ?? null,
      pinned: pin?.pinned ?? null,
      state: stateOf(row, tool),
    }
  })
  const gone = row.pins
    .filter(({ name }) => !listed.some((tool) => tool.name === name))
    .map(({ name, digest, pinned }): McpToolRead => {
      const { inputSchema: input_schema, annotations } = pinned
      return {
        ...{ name, offered_as: offeredName(row.name, name), title: '', description: '', annotations, input_schema },
        ...{ digest, pinned_digest: digest, pinned, state: 'gone' },
      }
    })
  return [...there, ...gone]
}

/** What the digest of a tool is taken over. */
export function normalForm({ name, inputSchema, annotations }: ListedTool): PinnedTool {
  return { name, inputSchema, annotations }
}

function shownOf({ name, title, description, annotations, inputSchema: input_schema, digest }: ListedTool) {
  return { name, title, description, annotations, input_schema, digest }
}

function stateOf({ pins }: ServerWithPins, tool: ListedTool): 'pinned' | 'new' | 'changed' {
  const pin = pins.find(({ name }) => name === tool.name)
  if (pin === undefined) return 'new'
  return pin.digest === tool.digest ? 'pinned' : 'changed'
}

async function listOf(server: Pick<ToolServer, 'list'>): Promise<readonly ListedTool[]> {
  try {
    return await server.list(AbortSignal.timeout(LIST_TIMEOUT_MS))
  } catch (error) {
    if (!(error instanceof ToolServerUnavailable)) throw error
    throw new Refusal('mcpServerSilent', { fields: { reason: error.message }, cause: error })
  }
}

function onlySilent(error: unknown): undefined {
  if (error instanceof Refusal && error.refusal === 'mcpServerSilent') return undefined
  throw error
}
