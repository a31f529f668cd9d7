import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { anthropicAnswer, anthropicError, anthropicErrorEvent, anthropicPackets } from './anthropic-packets.ts'
import { type Packet, type ReplyParts, replyParts } from './model-packets.ts'
import { type ModelFormat, type ModelRequest, readModelRequest } from './model-request.ts'
import { plainReply, type Reply, type Script } from './model-script.ts'
import { openaiAnswer, openaiError, openaiErrorEvent, openaiPackets } from './openai-packets.ts'
import { sendPackets } from './send-packets.ts'

/** A request as it came, and what became of its answer. */
export type RecordedRequest = ModelRequest & { outcome: 'open' | 'answered' | 'left-by-client' }

export type ModelServer = {
  /** Base URL for `LLM_HOST`; both formats are served below it. */
  url: string
  /** In order of arrival. */
  requests: RecordedRequest[]
  close(): Promise<void>
}
export type ModelServerOptions = {
  port?: number
  /** False keeps no request: for measurements with thousands of them. */
  record?: boolean
}

const formats: Record<string, ModelFormat> = { '/v1/chat/completions': 'openai', '/v1/messages': 'anthropic' }

const speech = {
  openai: {
    packets: (request: ModelRequest, parts: ReplyParts) => {
      const options = request.raw.stream_options as { include_usage?: boolean } | undefined
      return openaiPackets(request.model, parts, options?.include_usage === true)
    },
    answer: openaiAnswer,
    error: openaiError,
    errorEvent: openaiErrorEvent,
  },
  anthropic: {
    packets: (request: ModelRequest, parts: ReplyParts) => anthropicPackets(request.model, parts),
    answer: anthropicAnswer,
    error: anthropicError,
    errorEvent: anthropicErrorEvent,
  },
}

/** A model provider on loopback that says what the script tells it to, in the provider's own streaming format. */
export async function startModelServer(script: Script, options: ModelServerOptions = {}): Promise<ModelServer> {
  const requests: RecordedRequest[] = []
  const packetsOf = packetCache()
  let arrived = 0
  let streamed = 0

  const choose = async (request: ModelRequest): Promise<Reply | undefined> => {
    if (typeof script === 'function') return script(request, arrived++)
    return request.isStreamed ? script[streamed++] : plainReply
  }
  const answer = async (request: RecordedRequest, response: ServerResponse, signal: AbortSignal) => {
    const reply = await choose(request)
    const { error, errorEvent, answer: whole } = speech[request.format]
    if (!reply) return sendJson(response, 400, error(400, `the script has no reply left for request ${streamed}`))
    if (reply.fault?.kind === 'status') {
      const { status, retryAfter, message = `scripted status ${status}` } = reply.fault
      if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
      return sendJson(response, status, error(status, message))
    }
    if (!request.isStreamed) return sendJson(response, 200, whole(request.model, replyParts(request, reply)))
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
    response.flushHeaders()
    await sendPackets(response, { packets: packetsOf(request, reply), errorEvent, reply, signal })
  }

  const server = createServer((incoming, response) => {
    void serve(incoming, response, async (request, left) => {
      if (options.record !== false) requests.push(request)
      await answer(request, response, left)
    })
  })
  // A client may reuse an idle connection just as it is closed: keep them.
  server.keepAliveTimeout = 300_000
  await once(server.listen(options.port ?? 0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Reads the request and has it answered; `answer` gets a signal that is aborted once the client has left. */
async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  answer: (request: RecordedRequest, left: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = new AbortController()
  let recorded: RecordedRequest | undefined
  response.on('close', () => {
    if (recorded) recorded.outcome = response.writableFinished ? 'answered' : 'left-by-client'
    left.abort()
  })
  try {
    const format = formats[(incoming.url ?? '').split('?')[0] ?? '']
    if (incoming.method !== 'POST' || !format) return sendJson(response, 404, { error: { message: 'no such path' } })
    recorded = { ...readModelRequest(format, await bodyOf(incoming), incoming.headers), outcome: 'open' }
    await answer(recorded, left.signal)
  } catch (error) {
    if (left.signal.aborted) return
    // A script that throws is a fault of the test: say so where the client will show it.
    if (!response.headersSent) return sendJson(response, 400, { error: { message: String(error) } })
    response.destroy()
  }
}

/** The frames of a reply object are made once, and kept for scripts that give the object again. */
function packetCache(): (request: ModelRequest, reply: Reply) => Packet[] {
  const made = new WeakMap<Reply, Map<string, Packet[]>>()
  return (request, reply) => {
    const make = () => speech[request.format].packets(request, replyParts(request, reply))
    if (reply.toolCalls?.length) return make() // their ids are fresh for each answer
    const key = `${request.format} ${request.model} ${JSON.stringify(request.raw.stream_options)}`
    const known = made.get(reply) ?? new Map<string, Packet[]>()
    made.set(reply, known)
    const packets = known.get(key) ?? make()
    known.set(key, packets)
    return packets
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
