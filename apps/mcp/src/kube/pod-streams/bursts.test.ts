import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectToPort, type PortConnection } from './connect-to-port.ts'
import { execInPod } from './exec-in-pod.ts'
import { createForwards } from './forward-ports.ts'
import type { StreamCaller } from './open-channels.ts'

const PAUSE_MS = 15
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A binary message of a server, which masks nothing; shorter than 64 KiB. */
function frameOf(channel: number, content: string): Buffer {
  const length = content.length + 1
  const head = length < 126 ? [0x82, length] : [0x82, 126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(...head, channel), Buffer.from(content, 'latin1')])
}

type Sent = { messages: Buffer[]; cutAt: number }

/** What the next stream that is opened is sent: the messages as far as the cut in one write, then the rest. */
const sent = new Map<string, Sent>()

/** The streaming part of an API server, of plain sockets. */
const server = createServer((socket) => {
  socket.on('error', () => {})
  serve(socket).catch(() => {}) // who asked has gone
})
let who: StreamCaller
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const upgrade = async ({ path }: { path: string }) => ({ url: url + path, headers: {}, tls: {} })
  who = { cluster: { server: url, upgrade }, caller: { as: 'server' }, userAgent: 'test' }
})
afterAll(() => void server.close())

async function serve(socket: Socket): Promise<void> {
  const [head] = (await once(socket, 'data')) as [Buffer]
  const text = head.toString()
  const key = /sec-websocket-key: (\S+)/i.exec(text)?.[1]
  const protocol = /sec-websocket-protocol: ([^\r,]+)/i.exec(text)?.[1]
  const { messages, cutAt } = sent.get(/pods\/([^/]+)\//.exec(text)?.[1] ?? '') ?? { messages: [], cutAt: 0 }
  const accept = createHash('sha1').update(`${key}${WEBSOCKET_GUID}`).digest('base64')
  const bytes = Buffer.concat(messages)
  socket.setNoDelay(true)
  socket.resume()
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
  )
  await sleep(PAUSE_MS)
  socket.write(bytes.subarray(0, cutAt))
  await sleep(PAUSE_MS)
  socket.write(bytes.subarray(cutAt))
}

/** Bursts of several lengths, cut behind each message and before every byte of the last. */
function burstsOf(channel: number, first: readonly Buffer[], last: readonly Buffer[]): Sent[] {
  return [1, 2, 16, 17, 20, 64].flatMap((count) => {
    const pieces = Array.from({ length: count }, (_, number) => frameOf(channel, `line ${number}\n`))
    const messages = [...first, ...pieces, ...last]
    const edges = messages.map((_, index) => Buffer.concat(messages.slice(0, index + 1)).length)
    const end = edges.at(-1) ?? 0
    const inside = Array.from({ length: end - (edges.at(-2) ?? 0) - 1 }, (_, byte) => end - 1 - byte)
    return [...edges, ...inside].map((cutAt) => ({ messages, cutAt }))
  })
}

const linesOf = ({ messages }: Sent, others: number) =>
  Array.from({ length: messages.length - others }, (_, number) => `line ${number}\n`).join('')

async function inParallel(bursts: Sent[], work: (pod: string, burst: Sent) => Promise<void>): Promise<void> {
  const next = bursts.entries()
  const workAll = async () => {
    for (const [index, burst] of next) {
      sent.set(`pod-${index}`, burst)
      await work(`pod-${index}`, burst)
    }
  }
  await Promise.all(Array.from({ length: 16 }, workAll))
}

test('the output of a command may come in bursts, cut anywhere', { timeout: 60_000 }, () =>
  inParallel(burstsOf(1, [], [frameOf(3, '{"metadata":{},"status":"Success"}')]), async (pod, burst) => {
    let heard = ''
    const code = await execInPod(who, {
      namespace: 'shop',
      pod,
      container: 'app',
      argv: ['ls'],
      output: (_, text) => {
        heard += text
      },
      until: AbortSignal.timeout(20_000),
    })
    expect([code, heard]).toEqual([0, linesOf(burst, 1)])
  }),
)

test(
  'what a port says may come in bursts, cut anywhere, to a reader that pauses after each piece',
  {
    timeout: 60_000,
  },
  () =>
    inParallel(burstsOf(0, [frameOf(0, 'pp'), frameOf(1, 'pp')], []), async (pod, burst) => {
      let heard = ''
      const expected = linesOf(burst, 2)
      const isWhole = Promise.withResolvers<void>()
      // The first pieces may come before the connection is there to be paused.
      let connection: PortConnection | undefined
      connection = await connectToPort(who, {
        namespace: 'shop',
        pod,
        port: 80,
        signal: AbortSignal.timeout(20_000),
        onData: (bytes) => {
          heard += bytes.toString()
          if (heard.length >= expected.length) isWhole.resolve()
          connection?.pause()
          setImmediate(() => connection?.resume())
        },
      })
      await isWhole.promise
      connection.close()
      expect(heard).toBe(expected)
    }),
)

test('a local client that pauses gets all that a port says', { timeout: 60_000 }, async () => {
  const content = 'x'.repeat(32 * 1024)
  // More than all sockets on the way hold.
  const messages = [frameOf(0, 'pp'), frameOf(1, 'pp'), ...Array.from({ length: 1000 }, () => frameOf(0, content))]
  sent.set('flood', { messages, cutAt: 100_000 })
  const faults: string[] = []
  const forwards = createForwards((fault) => faults.push(fault))
  const { ports } = await forwards.open(who, { namespace: 'shop', pod: 'flood', ports: [{ local: 0, remote: 80 }] })
  const client = connect(ports[0]?.local ?? 0, '127.0.0.1')
  let bytes = 0
  for await (const chunk of client) {
    if (bytes === 0) await sleep(500)
    bytes += (chunk as Buffer).length
    if (bytes >= 1000 * content.length) break
  }
  expect({ bytes, faults }).toEqual({ bytes: 1000 * content.length, faults: [] })
  await forwards.close()
})
