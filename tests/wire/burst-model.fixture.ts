import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export const modelFormats = ['openai', 'anthropic'] as const
export type ModelFormat = (typeof modelFormats)[number]

/** An answer of so many pieces, one HTTP chunk each, of which everything before byte `cutAt` leaves in one write. */
export type Burst = { pieces: number; cutAt: number }

/** The text that the pieces of a burst make. */
export const textOf = (pieces: number): string => Array.from({ length: pieces }, (_, number) => `w${number} `).join('')

/** Where a burst is cut: behind each of its chunks, and before every byte of the last one. */
export function cutsOf(format: ModelFormat, pieces: number): number[] {
  const lengths = pieceChunks(format, pieces).map((chunk) => Buffer.byteLength(chunk))
  const edges = lengths.map((_, index) => sum(lengths.slice(0, index + 1)))
  const lastBegin = edges.at(-2) ?? 0
  return [...edges, ...Array.from({ length: (lengths.at(-1) ?? 0) - 1 }, (_, byte) => lastBegin + 1 + byte)]
}

/** What a message has to say for its answer to be this burst. */
export const askFor = ({ pieces, cutAt }: Burst): string => `burst of ${pieces} cut at ${cutAt}`

const PAUSE_MS = 15

/**
 * A model server of plain sockets. A message made by `askFor` is answered with that burst: the head, the burst as far as
 * its cut in one write, and the rest of it, each a moment after the other. Anything else gets a short whole answer.
 */
export async function startBurstModel(): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {}) // the engine has gone
    serve(socket).catch(() => {}) // so has its request
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

async function serve(socket: Socket): Promise<void> {
  socket.setNoDelay(true)
  let got = Buffer.alloc(0)
  for await (const bytes of socket) {
    got = Buffer.concat([got, bytes as Buffer])
    const headEnd = got.indexOf('\r\n\r\n')
    const head = got.subarray(0, headEnd).toString()
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
    if (headEnd < 0 || got.length < headEnd + 4 + length) continue
    const body = got.subarray(headEnd + 4).toString()
    got = Buffer.alloc(0)
    await answer(socket, head.startsWith('POST /v1/messages') ? 'anthropic' : 'openai', body)
  }
}

async function answer(socket: Socket, format: ModelFormat, body: string): Promise<void> {
  const [, pieces, cutAt] = /burst of (\d+) cut at (\d+)/.exec(body) ?? []
  if (!body.includes('"stream":true') || pieces === undefined) {
    const text = JSON.stringify(wholeAnswer[format])
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`)
    return
  }
  const { before, behind } = frames[format]
  const burst = pieceChunks(format, Number(pieces)).join('')
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n')
  socket.write(before.map(chunk).join(''))
  await sleep(PAUSE_MS)
  socket.write(burst.slice(0, Number(cutAt)))
  await sleep(PAUSE_MS)
  socket.write(`${burst.slice(Number(cutAt))}${behind.map(chunk).join('')}0\r\n\r\n`)
}

function pieceChunks(format: ModelFormat, pieces: number): string[] {
  return Array.from({ length: pieces }, (_, number) => chunk(frames[format].piece(`w${number} `)))
}

/** All of it is ASCII: as many bytes as characters. */
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const chatFrame = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  })}\n\n`
const messageFrame = (event: { type: string; [field: string]: unknown }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const message = { id: 'm', type: 'message', role: 'assistant', model: 'm' }
const usage = { input_tokens: 1, output_tokens: 1 }

const frames: Record<ModelFormat, { before: string[]; piece(text: string): string; behind: string[] }> = {
  openai: {
    before: [],
    piece: (content) => chatFrame({ role: 'assistant', content }),
    behind: [chatFrame({}, 'stop'), 'data: [DONE]\n\n'],
  },
  anthropic: {
    before: [
      messageFrame({ type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } }),
      messageFrame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ],
    piece: (text) => messageFrame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    behind: [
      messageFrame({ type: 'content_block_stop', index: 0 }),
      messageFrame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }),
      messageFrame({ type: 'message_stop' }),
    ],
  },
}

const title = '{"title":"A burst"}'
const wholeAnswer: Record<ModelFormat, object> = {
  openai: {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: title }, finish_reason: 'stop' }],
  },
  anthropic: { ...message, content: [{ type: 'text', text: title }], stop_reason: 'end_turn', usage },
}
