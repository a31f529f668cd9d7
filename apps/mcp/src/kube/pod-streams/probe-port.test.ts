import { afterEach, expect, test, vi } from 'vitest'
import { ToolError } from '../../tool/tool-error.ts'
import { onChannel, startFakeKubelet } from './fake-kubelet.fixture.ts'
import { probePort } from './probe-port.ts'

let close: (() => void) | undefined
afterEach(() => {
  vi.restoreAllMocks()
  close?.()
})

type Say = (channel: number, text: string) => void

/** Asks a kubelet whose port does what `play` says, or that never answers the opening. Resolves once it was asked. */
async function probe(play: 'never' | ((say: Say) => void), signal = new AbortController().signal) {
  const reached = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const kubelet = await startFakeKubelet({
    protocols: ['v4.channel.k8s.io'],
    onOpen: ({ socket }) => {
      socket.once('close', () => closed.resolve())
      if (play !== 'never') play((channel, text) => socket.send(onChannel(channel, text)))
      // By its answer the other side has opened, too.
      socket.once('pong', () => reached.resolve())
      socket.ping()
    },
    hold:
      play === 'never'
        ? (connection) => {
            connection.on('error', () => undefined).once('end', closed.resolve)
            connection.once('close', closed.resolve).resume()
            reached.resolve()
          }
        : undefined,
  })
  close = kubelet.close
  const to = { namespace: 'shop', pod: 'web', port: 8080, signal }
  const probed = probePort(kubelet.who, to).catch((fault: unknown) => fault)
  await Promise.race([reached.promise, closed.promise])
  return { probed, closed: closed.promise }
}
/** What each channel begins with: the number of the port. */
const port = 'P\u001f'

test('a port that says something is reachable, one that nobody listens at is not', async () => {
  const speaking = await probe((say) => {
    say(0, port)
    say(0, 'hello')
  })
  expect(await speaking.probed).toEqual({ state: 'reachable' })
  await speaking.closed
  close?.()
  const refusing = await probe((say) => {
    say(1, port)
    say(1, 'connection refused')
  })
  expect(await refusing.probed).toEqual({
    state: 'refused',
    why: expect.stringContaining('port 8080 of pod "web" takes no connection: connection refused'),
  })
})

test('what does not answer within 5 s is a timeout, and nothing of it is left open', async () => {
  const limit = new AbortController()
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal)
  const { probed, closed } = await probe('never')
  expect(timeout).toHaveBeenCalledExactlyOnceWith(5_000)
  limit.abort(new DOMException('The operation timed out', 'TimeoutError'))
  expect(await probed).toEqual({ state: 'timeout', why: 'nothing answered within 5 s.' })
  await closed
})

test.each([
  ['opening', 'never'],
  ['listening', () => undefined],
] as const)(
  'who goes away while it is %s is told nothing of the port, and nothing of it is left open',
  async (_, onOpen) => {
    const going = new AbortController()
    const { probed, closed } = await probe(onOpen, going.signal)
    going.abort()
    const fault = await probed
    expect(fault).toBeInstanceOf(ToolError)
    expect(fault).toMatchObject({ code: 'Cancelled' })
    await closed
  },
)
