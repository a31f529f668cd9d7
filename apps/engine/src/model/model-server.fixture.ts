import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> }
type Answer = (response: ServerResponse, received: Received) => void | Promise<void>

/** A provider over real HTTP that answers every request with `answer`. */
export async function startModelServer(answer: Answer) {
  const received: Received[] = []
  let sockets = 0
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    const entry = { path: request.url ?? '', headers: request.headers, body: JSON.parse(text) }
    received.push(entry)
    await answer(response, entry)
  })
  server.on('connection', () => {
    sockets++
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `http://127.0.0.1:${port}`,
    received,
    get sockets() {
      return sockets
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Frames of the chat-completions format. */
export function chatFrames(...deltas: Record<string, unknown>[]): string {
  return deltas
    .map(({ finish_reason = null, usage, ...delta }) => {
      const choices = [{ index: 0, delta, finish_reason }]
      return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, usage })}\n\n`
    })
    .join('')
}

/** Frames of the messages format. */
export function messageFrames(...events: ({ type: string } & Record<string, unknown>)[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

export function stream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' })
}
