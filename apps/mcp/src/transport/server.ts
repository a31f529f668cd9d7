import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type McpRequestContext,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { CallAnswerer } from '../call/call-request.ts'
import { callResultOf } from '../call/call-result.ts'
import { type Peer, peerOf } from '../call/peer.ts'
import { progressOf } from '../call/progress.ts'
import type { Host } from '../gate/answer-write.ts'
import { isConfirmationRequest } from '../gate/confirm/confirm.ts'
import type { Tool } from '../tool/define-tool.ts'
import { askUser } from './ask-user.ts'

export type ServerDescription = {
  app: { name: string; version: string; description: string }
  tools: ToolList
  /** What a server object lives as long as: one request over Streamable HTTP, else the whole connection. */
  lifetime: 'request' | 'connection'
  answer: CallAnswerer
  /** How long the user of a connection has to confirm. */
  answerMs: number
}

/** The tools that are there now. */
export type ToolList = {
  current(): readonly Tool[]
  /** Undefined: they stay as they are. Answers what ends the listening. */
  onChange: ((listener: () => void) => () => void) | undefined
}

const outputSchema = {
  type: 'object',
  properties: { output: { type: 'string' }, error: { type: 'boolean' } },
  required: ['output', 'error'],
} as const

const overStdio: Peer = { peer: 'stdio', token: undefined }

const INSTRUCTIONS =
  'Tools for Kubernetes (k8s), Helm (helm), Argo Rollouts (argo) and Jenkins (jenkins). Read before you write, and state the namespace.'

/**
 * Makes server objects: one for each HTTP request, one for a connection that lasts. Everything that costs is made here once;
 * an object is little more than two handlers.
 */
export function createServerFactory({
  app,
  tools,
  lifetime,
  answer,
  answerMs,
}: ServerDescription): (of: McpRequestContext) => Server {
  let listed = { of: tools.current(), tools: tools.current().map(wireTool) }
  const list = () => {
    const now = tools.current()
    if (listed.of !== now) listed = { of: now, tools: now.map(wireTool) }
    return { tools: listed.tools }
  }
  return ({ era }) => {
    const server = new Server(
      { name: app.name, version: app.version, description: app.description },
      {
        capabilities: { tools: { listChanged: tools.onChange !== undefined }, logging: {} },
        instructions: INSTRUCTIONS,
        // Its own way of asking in the midst of a call answers a user's silence without our envelope.
        inputRequired: { legacyShim: false },
      },
    )
    // Over Streamable HTTP, subscriptions tell of it.
    if (lifetime === 'connection') {
      // One that is gone by then needs no news.
      server.onclose = tools.onChange?.(() => void server.sendToolListChanged().catch(() => undefined))
    }
    server.setRequestHandler('tools/list', list)
    server.setRequestHandler('tools/call', async ({ params }, context): Promise<CallToolResult> => {
      const meta = context.mcpReq._meta ?? {}
      const ask = (host: Host) =>
        answer({
          name: params.name,
          args: params.arguments ?? {},
          meta,
          signal: context.mcpReq.signal,
          ...(context.http?.authInfo === undefined ? overStdio : peerOf(context.http.authInfo)),
          live: progressOf(meta.progressToken, (notification) => context.mcpReq.notify(notification)),
          host,
        })
      const result = await ask(hostOf(server, context, { era, lifetime }))
      if (!isConfirmationRequest(result)) return callResultOf(result)
      // From 2026-07-28 on a connection carries the request for a confirmation as it is.
      if (era !== 'legacy') return result as unknown as CallToolResult
      const responses = await askUser(result, context, answerMs)
      const answered = await ask({ answer: { state: result.requestState ?? '', responses, context } })
      if (isConfirmationRequest(answered))
        throw new TypeError('A confirmation was answered with another request for one')
      return callResultOf(answered)
    })
    return server
  }
}

function wireTool({ name, title, description, inputSchema, annotations, tags }: Tool) {
  return {
    name,
    title,
    description,
    inputSchema: inputSchema as { type: 'object' },
    outputSchema,
    annotations,
    // Both spellings of the wire.
    _meta: { fastmcp: { tags: [...tags] }, _fastmcp: { tags: [...tags] } },
  }
}

/** What the protocol library has checked, and leaves without a type. */
type Envelope = { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities }

function hostOf(
  server: Server,
  context: ServerContext,
  { era, lifetime }: { era: McpRequestContext['era']; lifetime: ServerDescription['lifetime'] },
): Host {
  const { requestState, inputResponses } = context.mcpReq
  const state = requestState<string>()
  if (typeof state === 'string') return { answer: { state, responses: inputResponses, context } }
  if (era === 'legacy' && lifetime === 'request') {
    return {
      cannotAsk: {
        why: 'over HTTP its protocol, which is older than 2026-07-28, cannot carry a question.',
        instead:
          'Start this server over stdio, or with --sse and connect to /sse, or use a host of protocol 2026-07-28.',
      },
    }
  }
  // From 2026-07-28 on each request says it of itself; over one lasting connection nothing else does.
  const said: Envelope = context.mcpReq.envelope ?? {}
  const capabilities = said[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()
  if (capabilities?.elicitation !== undefined) return {}
  return {
    cannotAsk: {
      why: 'it does not offer elicitation.',
      instead: 'Use a host that does; the README has a table of them.',
    },
  }
}
