import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { AnswerLost } from '../../target/answer-lost.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { execInPod } from './exec-in-pod.ts'
import { type Opened, onChannel, startFakeKubelet } from './fake-kubelet.fixture.ts'

const both = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const success = onChannel(3, '{"metadata":{},"status":"Success"}')
const failure = (status: object) => onChannel(3, JSON.stringify({ status: 'Failure', ...status }))

let close: (() => void) | undefined
afterEach(() => close?.())

async function exec(
  onOpen: (opened: Opened) => void,
  options: { protocols?: string[]; refuse?: { status: number; body: unknown }; until?: AbortSignal } = {},
) {
  const kubelet = await startFakeKubelet({ protocols: options.protocols ?? both, onOpen, refuse: options.refuse })
  close = kubelet.close
  const heard = { stdout: '', stderr: '' }
  const ended = execInPod(kubelet.who, {
    namespace: 'shop',
    pod: 'web-1',
    container: 'app',
    argv: ['printf', '%s', 'a&b c'],
    output: (stream, text) => {
      heard[stream] += text
    },
    until: options.until ?? new AbortController().signal,
  })
  return {
    heard,
    ended: ended.then(
      (code) => code,
      (fault: unknown) => fault,
    ),
  }
}

test.each(both)('speaks %s where the server knows no other', async (protocol) => {
  let opened: Opened | undefined
  const { heard, ended } = await exec(
    (each) => {
      opened = each
      each.socket.send(onChannel(1, ''))
      each.socket.send(onChannel(1, 'out'))
      each.socket.send(onChannel(2, 'err'))
      each.socket.send(success)
    },
    { protocols: [protocol] },
  )
  expect(await ended).toBe(0)
  expect(heard).toEqual({ stdout: 'out', stderr: 'err' })
  expect(opened).toMatchObject({
    protocol,
    path: '/api/v1/namespaces/shop/pods/web-1/exec?container=app&stdout=true&stderr=true&command=printf&command=%25s&command=a%26b%20c',
    headers: { 'user-agent': 'fairlead/test call/c1' },
  })
})

test('takes the newer protocol where both are known', async () => {
  let protocol = ''
  const { ended } = await exec((opened) => {
    protocol = opened.protocol
    opened.socket.send(success)
  })
  expect([await ended, protocol]).toEqual([0, 'v5.channel.k8s.io'])
})

test('characters that come in pieces are put together, each stream by itself', async () => {
  const word = Buffer.from('é🚀')
  const { heard, ended } = await exec(({ socket }) => {
    for (const byte of word) for (const channel of [1, 2]) socket.send(onChannel(channel, Buffer.of(byte)))
    socket.send(onChannel(1, Buffer.of(0xf0, 0x9f)))
    socket.send(success)
  })
  expect(await ended).toBe(0)
  expect(heard).toEqual({ stdout: 'é🚀\ufffd', stderr: 'é🚀' })
})

test('an exit code is an end like another', async () => {
  const details = { causes: [{ reason: 'ExitCode', message: '3' }] }
  const { ended } = await exec(({ socket }) => socket.send(failure({ reason: 'NonZeroExitCode', details })))
  expect(await ended).toBe(3)
})

test.each([
  ['a program that is not there', 'OCI runtime exec failed: exec: "nope": executable file not found in $PATH'],
  ['a node that is away', 'error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused'],
])('%s was not begun', async (_, message) => {
  const { ended } = await exec(({ socket }) => socket.send(failure({ reason: 'InternalError', message })))
  expect(await ended).toBeInstanceOf(ToolError)
  expect((await ended) as ToolError).toMatchObject({
    code: 'Invalid',
    message: `the command was not begun: ${message}.`,
  })
})

test.each([
  ['says nothing that is known', (socket: Opened['socket']) => socket.send(failure({ message: 'stream reset' }))],
  [
    'has printed before',
    (socket: Opened['socket']) => {
      socket.send(onChannel(1, 'x'))
      socket.send(failure({ message: 'no such file or directory' }))
    },
  ],
  ['is no JSON', (socket: Opened['socket']) => socket.send(onChannel(3, 'oops'))],
  ['is not told: the connection is cut', (socket: Opened['socket']) => socket.terminate()],
  ['is not told: the connection is closed', (socket: Opened['socket']) => socket.close(1000)],
])('an end that %s is unknown', async (_, act) => {
  const { ended } = await exec(({ socket }) => act(socket))
  expect(await ended).toBeInstanceOf(AnswerLost)
})

test('what the server refuses is its own sentence', async () => {
  const body = {
    kind: 'Status',
    status: 'Failure',
    reason: 'Forbidden',
    code: 403,
    message: 'pods "web-1" is forbidden',
  }
  const { ended } = await exec(() => undefined, { refuse: { status: 403, body } })
  expect(await ended).toMatchObject({
    code: 'Forbidden',
    message: expect.stringContaining('pods "web-1" is forbidden'),
  })
})

test('a server that knows neither protocol was not begun with', async () => {
  const { ended } = await exec(() => undefined, { protocols: ['v3.channel.k8s.io'] })
  expect(await ended).toBeInstanceOf(Error)
})

test('an aborted call closes the stream', async () => {
  const abort = new AbortController()
  const closed = Promise.withResolvers<void>()
  const { ended, heard } = await exec(
    ({ socket }) => {
      void once(socket, 'close').then(() => closed.resolve())
      socket.send(onChannel(1, 'begun'))
      setImmediate(() => abort.abort())
    },
    { until: abort.signal },
  )
  expect(await ended).toBeInstanceOf(AnswerLost)
  await closed.promise
  expect(['begun', '']).toContain(heard.stdout)
})

test('a server that cannot be reached was not begun with', async () => {
  const kubelet = await startFakeKubelet({ protocols: both, onOpen: () => undefined })
  kubelet.close()
  const request = { namespace: 'a', pod: 'b', container: 'c', argv: ['ls'], output: () => undefined }
  const fault = await execInPod(kubelet.who, { ...request, until: new AbortController().signal }).catch((each) => each)
  expect(fault).toMatchObject({ code: 'Unavailable' })
})
