import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ReadAt } from '@fairlead/client/conversation/recorded-runs.fixture'
import { createApi } from '@fairlead/contract/client/create-api'

export type ServedEvent = { id: number; event: { type: string; [field: string]: unknown } }
export type ReceivedRequest = {
  method: string
  path: string
  lastEventId: string | undefined
  body: Record<string, unknown>
}
export type Answer = { status: number; body: unknown } | 'cut' | undefined

/** A run as the server tells it: events may be added until it is over. */
export type ServedRun = {
  readonly id: string
  tell(...events: { type: string; [field: string]: unknown }[]): void
  /** Breaks off every stream of it. */
  cut(): void
  /** Streams of it that are open. */
  readonly readers: number
}

export type WireServer = {
  url: string
  api: ReturnType<typeof createApi>
  requests: ReceivedRequest[]
  conversation: ReadAt
  /** The run that the next POST of a stream begins. */
  newRun(id: string): ServedRun
  /** Says what a request is answered instead of the server's own answer. */
  answer(decide: (request: ReceivedRequest) => Answer | Promise<Answer>): void
  close(): Promise<void>
}

type Run = {
  id: string
  events: ServedEvent[]
  isOver: boolean
  waiting: Set<() => void>
  streams: Set<ServerResponse>
}

/** A server on loopback that speaks the wire of runs, without an engine behind it. */
export async function startWireServer(conversationId: string): Promise<WireServer> {
  const requests: ReceivedRequest[] = []
  const runs = new Map<string, Run>()
  const coming: Run[] = []
  const conversation: ReadAt = {
    id: conversationId,
    title: 'A title',
    active_run_id: null,
    awaiting_approval: false,
    messages: [],
  }
  let decide: Parameters<WireServer['answer']>[0] = () => undefined

  async function stream(response: ServerResponse, run: Run, after: number): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    run.streams.add(response)
    response.on('close', () => run.streams.delete(response))
    for (let at = run.events.filter(({ id }) => id <= after).length; !response.destroyed; ) {
      for (; at < run.events.length && !response.destroyed; at++) {
        const { id, event } = run.events[at] as ServedEvent
        response.write(`id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      }
      if (run.isOver) break
      await new Promise<void>((resolve) => run.waiting.add(resolve))
    }
    response.end()
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>)
    const [path = ''] = (request.url ?? '').replace('/api/v1', '').split('?')
    const lastEventId = request.headers['last-event-id']
    const seen = { method: request.method ?? '', path, body, lastEventId: lastEventId?.toString() }
    requests.push(seen)
    const answer = await decide(seen)
    if (answer === 'cut') return void request.socket.destroy()
    const say = ({ status, body }: { status: number; body: unknown }) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (answer !== undefined) return say(answer)
    if (path === `/conversations/${conversationId}`)
      return say({ status: 200, body: { status: 'success', ...conversation } })
    const [, runId] = /^\/agent\/runs\/([^/]+)\/events$/.exec(path) ?? []
    const run = runId === undefined ? undefined : runs.get(runId)
    if (run !== undefined) return await stream(response, run, Number(lastEventId ?? 0))
    const isOpening = path === '/agent/chat' || path.startsWith('/agent/approvals/') || path.startsWith('/agent/undo/')
    const begun = isOpening ? coming.shift() : undefined
    if (begun === undefined) return say({ status: 404, body: { detail: 'Not Found' } })
    conversation.active_run_id = begun.isOver ? null : begun.id
    return await stream(response, begun, 0)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`
  return {
    url,
    api: createApi({ base: url }),
    requests,
    conversation,
    newRun: (id) => {
      const run: Run = { id, events: [], isOver: false, waiting: new Set(), streams: new Set() }
      runs.set(id, run)
      coming.push(run)
      return {
        id,
        tell: (...events) => {
          for (const event of events) {
            const fields = { run_id: id, conversation_id: conversationId, timestamp: 1000 + run.events.length }
            run.events.push({ id: run.events.length + 1, event: { ...fields, ...event } })
            run.isOver ||= event.type === 'workflow_complete' || event.type === 'workflow_error'
          }
          if (run.isOver && conversation.active_run_id === id) conversation.active_run_id = null
          for (const wake of run.waiting) wake()
          run.waiting.clear()
        },
        cut: () => {
          for (const response of run.streams) response.destroy()
        },
        get readers() {
          return run.streams.size
        },
      }
    },
    answer: (next) => {
      decide = next
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
