import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import {
  type AuthInfo,
  classifyInboundRequest,
  isJsonContentType,
  type JSONRPCRequest,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server'
import type { CallAnswerer } from '../call/answer-call.ts'
import { callResultOf } from '../call/call-result.ts'
import { peerOf } from '../call/peer.ts'
import { progressOf } from '../call/progress.ts'
import { isQuestion } from '../gate/confirm.ts'
import type { Meta } from '../gate/form.ts'
import type { Arguments, Tool } from '../tool/define-tool.ts'
import { openEventStream } from './event-stream.ts'

export type ReadExchange = {
  request: IncomingMessage
  response: ServerResponse
  /** Of the request, parsed. */
  body: unknown
  authInfo: AuthInfo
  /** The client has gone. */
  signal: AbortSignal
}

/** Answers the exchange, or returns undefined at once, having touched nothing, when it is for the protocol library. */
export type ReadServer = (exchange: ReadExchange) => Promise<void> | undefined

export type ReadServerDescription = {
  app: { name: string; version: string; description: string }
  tools: readonly Tool[]
  answer: CallAnswerer
  /** How often a stream carries a comment. */
  commentMs: number
}

const VERSION = '2026-07-28'
const METHOD = 'tools/call'

/**
 * The short way for what an engine does most: a call of a read tool, at the protocol in which each request stands for
 * itself. The library makes a web request, a server object and a transport for each such call, and validates what it
 * brings three times over; together that costs more than the read itself.
 *
 * It is for requests with nothing unusual about them: the library's own classifier finds them sound, their headers say
 * plainly what their body says, and a read ends in a result and never in a question. Everything else, and every refusal
 * of the protocol, is the library's.
 */
export function createReadServer({ app, tools, answer, commentMs }: ReadServerDescription): ReadServer {
  const reads = new Set(tools.filter(({ changes }) => changes === 'nothing').map(({ name }) => name))
  const { name, version, description } = app
  const _meta = { [SERVER_INFO_META_KEY]: { name, version, description } }

  return ({ request, response, body, authInfo, signal }) => {
    const read = readOf(request.headers, body, reads)
    if (read === undefined) return undefined
    const stream = openEventStream(response, commentMs)
    const answered = answer({
      name: read.name,
      args: read.args,
      meta: read.meta,
      signal,
      ...peerOf(authInfo),
      live: progressOf(read.meta.progressToken, async (notification) =>
        stream.send({ jsonrpc: '2.0', ...notification }),
      ),
      host: {},
    })
    return answered.then((result) => {
      if (isQuestion(result)) throw new Error(`${read.name} reads, and yet it asks`)
      stream.end({ result: { ...callResultOf(result), resultType: 'complete', _meta }, jsonrpc: '2.0', id: read.id })
    })
  }
}

type Read = { id: JSONRPCRequest['id']; name: string; args: Arguments; meta: Meta }

function readOf(headers: IncomingHttpHeaders, body: unknown, reads: ReadonlySet<string>): Read | undefined {
  const name = headers['mcp-name']
  const isRead = headers['mcp-method'] === METHOD && typeof name === 'string' && reads.has(name)
  if (!isRead || headers['mcp-protocol-version'] !== VERSION || !isJsonContentType(headers['content-type']))
    return undefined
  const found = classifyInboundRequest({
    httpMethod: 'POST',
    protocolVersionHeader: VERSION,
    mcpMethodHeader: METHOD,
    mcpNameHeader: name,
    body,
  })
  if (found.kind !== 'modern' || found.messageKind !== 'request') return undefined
  // Of the parameters the classifier looks at `_meta` alone. Those of an answered question are for the library too.
  const { name: called, arguments: args = {}, _meta, ...others } = found.message.params ?? {}
  if (called !== name || !isRecord(args) || Object.keys(others).length > 0) return undefined
  return { id: found.message.id, name, args, meta: _meta ?? {} }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
