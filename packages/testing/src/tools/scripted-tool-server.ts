import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type GrantClaims, grantClaims } from '@fairlead/contract/call/grant'
import { finalArgsDigest } from '@fairlead/contract/json/digest'
import { metaKeys, type ToolAnswer, verifyRequest } from '@fairlead/contract/tool/tool-meta'
import { toNodeHandler } from '@modelcontextprotocol/node'
import {
  type CallToolResult,
  createMcpHandler,
  Server,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { ScriptedWorkloads } from './scripted-workloads.ts'
import toolList from './tool-list.generated.json' with { type: 'json' }
import {
  failed,
  type ScriptedAnswer,
  type SeenToolCall,
  succeeded,
  type ToolPhase,
  type ToolScript,
} from './tool-script.ts'

export type ScriptedToolServer = {
  /** For `MCP_SERVER_URL`. */
  url: string
  /** Every call in order of arrival, the engine's own reads of cluster facts included. */
  calls: SeenToolCall[]
  workloads: ScriptedWorkloads
  /** Says what is answered from now on. */
  use(script: ToolScript): void
  /** Says what becomes of each tool of the release in the lists from now on; undefined leaves it out. */
  list(edit: (tool: Tool) => Tool | undefined): void
  /** Says what the engine's own reads of cluster facts are answered from now on; by themselves as any read. */
  useForFacts(script: ToolScript): void
  /** Where the public keys of grants are read, at each grant. */
  trust(jwksUrl: string): void
  /** The call once it has come; of several, the first. */
  untilCalled(callId: string, phase: ToolPhase): Promise<SeenToolCall>
  close(): Promise<void>
}

const writeTools = new Set(toolList.filter(({ annotations }) => !annotations.readOnlyHint).map(({ name }) => name))
const audience = 'fairlead-mcp'

/** By itself: reads are answered with their own arguments, `k8s_scale` works on the scripted workloads. */
const ownAnswersOnly: ToolScript = (_, own) => own()

/**
 * Plays our tool server: the release's own tools, whose digests are pinned, over Streamable HTTP. A write runs only with
 * a grant that the engine signed for exactly it, once.
 *
 * @param foreign names of tools that are somebody else's here: listed with other hints, run without a grant, and answered
 *   in the text alone, unless the answer has an outcome
 */
export async function startToolServer(
  script: ToolScript = ownAnswersOnly,
  { foreign = [] }: { foreign?: readonly string[] } = {},
): Promise<ScriptedToolServer> {
  const calls: SeenToolCall[] = []
  const arrivals = new EventEmitter().setMaxListeners(0)
  const workloads = new ScriptedWorkloads()
  const responses = new AsyncLocalStorage<ServerResponse>()
  const spent = new Set<string>()
  let current = script
  let edit = (tool: Tool): Tool | undefined => (foreign.includes(tool.name) ? somebodyElses(tool) : tool)
  let facts = ownAnswersOnly
  let keysUrl = ''

  async function answer(name: string, args: Record<string, unknown>, context: ServerContext): Promise<ScriptedAnswer> {
    const call = seenCall(name, args, { context, response: responses.getStore() })
    if (call.phase === 'execute' && !foreign.includes(name)) {
      const grant = await checkGrant(call, { keysUrl, spent })
      if (typeof grant === 'string') return failed('Refused', `the grant ${grant}.`)
      call.grant = grant
    }
    calls.push(call)
    arrivals.emit('call', call)
    const own = () => ownAnswer(call, workloads)
    // Cluster facts are read when the engine pleases: no script of a run can say when.
    return await (call.callId.startsWith('facts_') ? facts : current)(call, own)
  }

  const handler = toNodeHandler(
    createMcpHandler(() => {
      const about = { name: 'scripted-tools', version: '1' }
      const server = new Server(about, { capabilities: { tools: { listChanged: true } } })
      server.setRequestHandler('tools/list', () => ({ tools: toolList.flatMap((tool) => edit(listed(tool)) ?? []) }))
      server.setRequestHandler('tools/call', async ({ params: { name, arguments: args = {} } }, context) =>
        envelopeOf(await answer(name, args, context), { isOwnTool: !foreign.includes(name) }),
      )
      return server
    }),
  )
  const http = createServer((request, response) => {
    void responses.run(response, () => handler(request, response)).catch(() => response.destroy())
  })
  http.keepAliveTimeout = 300_000
  await once(http.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    calls,
    workloads,
    use: (next) => {
      current = next
    },
    list: (next) => {
      edit = next
    },
    useForFacts: (next) => {
      facts = next
    },
    trust: (jwksUrl) => {
      keysUrl = jwksUrl
    },
    untilCalled: async (callId, phase) => {
      const isIt = (call: SeenToolCall) => call.callId === callId && call.phase === phase
      for (;;) {
        const found = calls.find(isIt)
        if (found !== undefined) return found
        await once(arrivals, 'call')
      }
    },
    close: async () => {
      const closed = once(http, 'close')
      http.close()
      http.closeAllConnections()
      await closed
    },
  }
}

function seenCall(
  name: string,
  args: Record<string, unknown>,
  { context, response }: { context: ServerContext; response: ServerResponse | undefined },
): SeenToolCall {
  const meta: Record<string, unknown> = { ...context.mcpReq._meta }
  const progressToken = String(meta.progressToken)
  let seq = 0
  return {
    phase: phaseOf(name, args, meta),
    name,
    args,
    meta,
    callId: progressToken,
    signal: context.mcpReq.signal,
    progress: (stream, text) => {
      const progress = { seq: ++seq, stream, text }
      const params = { progressToken, progress: seq, message: text, _meta: { [metaKeys.progress]: progress } }
      return context.mcpReq.notify({ method: 'notifications/progress', params })
    },
    listChanged: () => context.mcpReq.notify({ method: 'notifications/tools/list_changed' }),
    cut: () => response?.destroy(),
  }
}

/** What a grant says, or why it does not hold for this call. `spent` gets the id of each that was used. */
async function checkGrant(
  { name, args, meta }: SeenToolCall,
  { keysUrl, spent }: { keysUrl: string; spent: Set<string> },
): Promise<GrantClaims | string> {
  const token = meta[metaKeys.grant]
  if (typeof token !== 'string') return 'is missing'
  const keys = (await (await fetch(keysUrl)).json()) as JSONWebKeySet
  const verified = await jwtVerify(token, createLocalJWKSet(keys), { audience }).catch(() => undefined)
  const claims = grantClaims.safeParse(verified?.payload)
  if (!claims.success) return 'does not verify'
  const { tool, final_args_sha256, jti } = claims.data
  if (tool !== name || final_args_sha256 !== finalArgsDigest(args)) return 'is for another call'
  if (spent.has(jti)) return 'was used before'
  spent.add(jti)
  return claims.data
}

function phaseOf(name: string, args: Record<string, unknown>, meta: Record<string, unknown>): ToolPhase {
  if (meta[metaKeys.verify] !== undefined) return 'verify'
  if (meta[metaKeys.preview] === true || args.dry_run === true) return 'preview'
  return writeTools.has(name) ? 'execute' : 'read'
}

function ownAnswer(call: SeenToolCall, workloads: ScriptedWorkloads): ToolAnswer {
  if (call.phase === 'preview') return workloads.preview(call)
  if (call.phase === 'execute') return workloads.execute(call)
  if (call.phase === 'verify') return workloads.verify(verifyRequest.parse(call.meta[metaKeys.verify]))
  return succeeded(`${call.name} ${JSON.stringify(call.args)}`)
}

function listed({ tags, inputSchema, ...tool }: (typeof toolList)[number]): Tool {
  return { ...tool, inputSchema: inputSchema as { type: 'object' }, _meta: { fastmcp: { tags } } }
}

/** Says one thing more of itself, so that its digest is another. */
function somebodyElses(tool: Tool): Tool {
  return { ...tool, annotations: { ...tool.annotations, openWorldHint: !tool.annotations?.openWorldHint } }
}

/** Other servers of this wire say all in the text, a failure too; one that lies may claim an outcome as our server does. */
function envelopeOf({ blocks = [], ...answer }: ScriptedAnswer, { isOwnTool }: { isOwnTool: boolean }): CallToolResult {
  const { output, error } = answer
  const content = [{ type: 'text' as const, text: JSON.stringify({ output, error }) }, ...blocks]
  if (!isOwnTool) return { content, isError: false, ...(answer.outcome !== undefined && { structuredContent: answer }) }
  return {
    content,
    structuredContent: answer,
    isError: error,
  }
}
