import type { Db } from '../db/database.ts'
import { recordUnpinned } from '../event-log/audit/record-unpinned.ts'
import type { CallFault } from '../mcp-client/call-answer.ts'
import { type ToolServer, ToolServerUnavailable } from '../mcp-client/connect-tools.ts'
import { publicAddress } from '../mcp-client/public-address.ts'
import type { ListedTool } from '../mcp-client/to-catalogue-tool.ts'
import { offeredName } from './offered-name.ts'
import type { ServerConnections } from './server-connections.ts'
import { readServers, type ServerWithPins } from './server-rows.ts'

/** How long a server may take for its list, and how long one that did not answer is left alone. */
const LIST_TIMEOUT_MS = 5_000
const LEFT_ALONE_MS = 30_000

type Ports = {
  db: Db
  connections: ServerConnections
  log: { warn(fields: object, sentence: string): void }
}

type OtherTool = { row: ServerWithPins; name: string; tool: ListedTool }

/**
 * The tool server with those that administrators have registered beside it. Their tools stand in a toolset of the server's
 * name. What is not pinned as it is counts as a write, of which nobody knows the effect. They are sent nothing of ours
 * beside the arguments: a server that does not know the mark of a preview would carry the call out.
 */
export function withOtherServers(builtin: ToolServer, { db, connections, log }: Ports): ToolServer {
  const silentUntil = new Map<string, { until: number; sentence: string }>()
  const recorded = new Set<string>()

  /** Each tool that nobody vouches for is in the audit once. */
  async function recordNew(found: readonly OtherTool[]): Promise<void> {
    const fresh = found.filter(({ row, tool }) => !tool.pinned && !recorded.has(`${row.name} ${tool.digest}`))
    if (fresh.length === 0) return
    const tools = fresh.map(({ row, name, tool }) => ({
      ...{ server: row.name, tool: name, digest: tool.digest },
      pinned_digest: row.pins.find((pin) => pin.name === name)?.digest ?? null,
    }))
    await recordUnpinned(db, tools)
    for (const { server, digest } of tools) recorded.add(`${server} ${digest}`)
  }

  async function toolsOf(row: ServerWithPins, signal: AbortSignal): Promise<OtherTool[] | { sentence: string }> {
    const silent = silentUntil.get(row.id)
    if (silent !== undefined && Date.now() < silent.until) return silent
    try {
      const listed = await connections.of(row).list(AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]))
      return listed.map((tool) => ({ row, name: tool.name, tool: offeredTool(row, tool) }))
    } catch (error) {
      if (!(error instanceof ToolServerUnavailable)) throw error
      const sentence = `MCP server ${row.name} does not list its tools: ${error.message}`
      if (!signal.aborted) silentUntil.set(row.id, { until: Date.now() + LEFT_ALONE_MS, sentence })
      return { sentence }
    }
  }

  async function otherTools(signal: AbortSignal): Promise<ListedTool[]> {
    try {
      const rows = (await readServers(db)).filter(({ enabled }) => enabled)
      const lists = await Promise.all(rows.map(async (row) => ({ row, found: await toolsOf(row, signal) })))
      await recordNew(lists.flatMap(({ found }) => ('sentence' in found ? [] : found)))
      return lists.flatMap(({ row, found }) =>
        'sentence' in found ? [silentTool(row, found.sentence)] : found.map(({ tool }) => tool),
      )
    } catch (error) {
      log.warn({ err: error }, 'The other MCP servers cannot be read')
      return []
    }
  }

  /** Undefined where the name is none of another server. */
  async function find(name: string, signal: AbortSignal): Promise<OtherTool | { sentence: string } | undefined> {
    const server = serverIn(name)
    if (server === undefined) return undefined
    const row = (await readServers(db)).find((each) => each.enabled && each.name === server)
    if (row === undefined) return { sentence: `There is no MCP server ${server} any more, or it is disabled.` }
    const found = await toolsOf(row, signal)
    if ('sentence' in found) return found
    return found.find(({ tool }) => tool.name === name) ?? { sentence: `MCP server ${server} lists no tool ${name}.` }
  }

  return {
    ...builtin,
    list: async (signal) => {
      const [own, others] = await Promise.all([builtin.list(signal), otherTools(signal)])
      return [...own, ...others]
    },
    addressOf: async (name) => {
      const server = serverIn(name)
      const row = server === undefined ? undefined : (await readServers(db)).find((each) => each.name === server)
      return row === undefined ? builtin.addressOf(name) : publicAddress(row.url)
    },
    call: async (call) => {
      const found = await find(call.name, call.signal).catch((error: unknown) => {
        log.warn({ err: error }, 'The other MCP servers cannot be read')
        return { sentence: 'The registered MCP servers cannot be read now.' }
      })
      if (found === undefined) return await builtin.call(call)
      if ('sentence' in found) return notSent(found.sentence)
      return await connections.of(found.row).call({ ...call, name: found.name, meta: {} })
    },
  }
}

/** Undefined for a tool of the built-in server. */
function serverIn(name: string): string | undefined {
  const end = name.indexOf('__')
  return end === -1 ? undefined : name.slice(0, end)
}

function offeredTool(row: ServerWithPins, tool: ListedTool): ListedTool {
  const pin = row.pins.find(({ name }) => name === tool.name)
  return {
    ...tool,
    name: offeredName(row.name, tool.name),
    toolset: row.name,
    server: row.name,
    pinned: pin !== undefined && pin.digest === tool.digest,
  }
}

/** Stands for the tools of a server that does not list them, and is never offered. */
function silentTool({ name }: ServerWithPins, sentence: string): ListedTool {
  return {
    ...{ name: `${name}__`, title: '', description: '', inputSchema: {}, annotations: {}, tags: [] },
    ...{ toolset: name, server: name, digest: '', pinned: false, unavailable: sentence },
  }
}

function notSent(sentence: string): CallFault {
  return { kind: 'not-configured', sent: false, sentence }
}
