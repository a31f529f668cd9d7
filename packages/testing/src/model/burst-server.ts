import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request as it came: its first line, and its body. */
export type BurstRequest = { line: string; body: string }

/**
 * A chunked answer: the head with `before`, the pieces as far as byte `cutAt` of them in one write, and the rest of them
 * with `behind`, with a pause between the writes. Every text is an HTTP chunk of its own, and is ASCII.
 */
export type Burst = {
  type: string
  before?: readonly string[]
  pieces: readonly string[]
  behind?: readonly string[]
  cutAt: number
}

/** A text is a whole JSON answer. */
export type BurstAnswer = Burst | string

export type BurstServer = {
  /** Without a trailing slash. */
  url: string
  close(): Promise<void>
}

const PAUSE_MS = 15

/** A server of plain sockets: what it sends leaves in writes that no HTTP library would make. */
export async function startBurstServer(answerTo: (request: BurstRequest) => BurstAnswer): Promise<BurstServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {}) // the client has gone
    serve(socket, answerTo).catch(() => {}) // so has the request
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

/** Where the chunks of these pieces can be cut: behind each of them, and before every byte of the last. */
export function cutsOf(pieces: readonly string[]): number[] {
  const edges: number[] = []
  for (const piece of pieces) edges.push((edges.at(-1) ?? 0) + chunkOf(piece).length)
  const lastBegins = edges.at(-2) ?? 0
  const lastLength = (edges.at(-1) ?? 0) - lastBegins
  return [...edges, ...Array.from({ length: lastLength - 1 }, (_, byte) => lastBegins + 1 + byte)]
}

/** Which pieces, and where their burst is cut. */
export type CutPieces = Pick<Burst, 'pieces' | 'cutAt'>

/** The burst that a request names: `form` finds the number of its pieces, then the place of its cut. */
export function burstNamedIn(text: string, form: RegExp, pieceOf: (number: number) => string): CutPieces {
  const [, count, cutAt] = form.exec(text) ?? []
  if (count === undefined) throw new Error(`no burst is named in ${text}`)
  return { pieces: Array.from({ length: Number(count) }, (_, number) => pieceOf(number)), cutAt: Number(cutAt) }
}

const AT_ONCE = 16

/** Bursts of several lengths, cut behind every chunk and at places in the last one, sixteen at once. */
export async function forEachBurst(
  pieceOf: (number: number) => string,
  work: (burst: CutPieces) => Promise<void>,
): Promise<void> {
  const bursts = [1, 2, 16, 17, 20, 64].flatMap((count) => {
    const pieces = Array.from({ length: count }, (_, number) => pieceOf(number))
    const places = cutsOf(pieces)
    // All edges; in the last chunk its frame, and each tenth byte.
    return places.filter((_, at) => at < count + 6 || at % 10 === 0).map((cutAt) => ({ pieces, cutAt }))
  })
  const next = bursts.values()
  const workAll = async () => {
    for (const burst of next) await work(burst)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, workAll))
}

async function serve(socket: Socket, answerTo: (request: BurstRequest) => BurstAnswer): Promise<void> {
  socket.setNoDelay(true)
  let got = ''
  for await (const bytes of socket) {
    got += (bytes as Buffer).toString('latin1')
    const headEnd = got.indexOf('\r\n\r\n')
    const head = got.slice(0, Math.max(0, headEnd))
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (headEnd < 0 || got.length < headEnd + 4 + length) continue
    const [line = ''] = head.split('\r\n')
    const body = got.slice(headEnd + 4)
    got = ''
    await send(socket, answerTo({ line, body }))
  }
}

async function send(socket: Socket, answer: BurstAnswer): Promise<void> {
  if (typeof answer === 'string') {
    socket.write(headOf('application/json', `content-length: ${answer.length}`) + answer)
    return
  }
  const { type, before = [], pieces, behind = [], cutAt } = answer
  const burst = pieces.map(chunkOf).join('')
  socket.write(headOf(type, 'transfer-encoding: chunked') + before.map(chunkOf).join(''))
  await sleep(PAUSE_MS)
  socket.write(burst.slice(0, cutAt))
  await sleep(PAUSE_MS)
  socket.write(`${burst.slice(cutAt)}${behind.map(chunkOf).join('')}0\r\n\r\n`)
}

const headOf = (type: string, framing: string) => `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`
const chunkOf = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
