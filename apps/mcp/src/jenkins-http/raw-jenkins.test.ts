import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AnswerLost } from '../target/answer-lost.ts'
import { ToolError } from '../tool/tool-error.ts'
import { requireDone } from './jenkins-answer.ts'
import { connectJenkins } from './jenkins-connection.ts'

/** What is written on the wire, byte for byte, where Jenkins, or a proxy before it, is half broken. */
type Say = (socket: Socket, request: string) => void

let say: Say
let received: string[]
let server: ReturnType<typeof createServer>
let url: string
let ending: AbortController
beforeEach(async () => {
  received = []
  ending = new AbortController()
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const request = bytes.toString()
      received.push(request.split('\r\n')[0] ?? '')
      if (request.startsWith('GET /ci/crumbIssuer/')) socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
      else say(socket, request)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ci`
})
afterEach(() => {
  ending.abort()
  server.close()
})

const connect = (signal: AbortSignal = ending.signal) =>
  connectJenkins({ url, username: 'deployer', token: 'the-token', isInsecure: false }, { signal })

async function endOf(work: Promise<unknown>): Promise<string> {
  const fault = await work.then(
    () => 'answered',
    (thrown: unknown) => thrown,
  )
  if (fault instanceof ToolError) return fault.text
  if (fault instanceof AnswerLost) return `AnswerLost: ${fault.message}`
  return String(fault)
}

const broken: [string, Say, RegExp][] = [
  ['hangs up before it answers', (socket) => socket.destroy(), /UND_ERR_SOCKET|ECONNRESET/],
  [
    'is cut in the midst of its body',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"jobs":', () => socket.destroy()),
    /UND_ERR_SOCKET|ECONNRESET/,
  ],
  [
    'is cut in the midst of a chunk',
    (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{"jobs"', () => socket.destroy()),
    /UND_ERR_SOCKET|ECONNRESET|HPE_/,
  ],
  ['speaks no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'), /HTTP/],
  [
    'says its length twice',
    (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
    /CONTENT_LENGTH/,
  ],
]

describe.each(broken)('a Jenkins that %s', (_what, wrong, code) => {
  it('is out of reach to a read, in one sentence', async () => {
    say = wrong
    const said = await endOf(connect().get('/api/json'))
    expect(said).toMatch(/^Unavailable: Jenkins cannot be reached \(.*\)\.$/)
    expect(said).toMatch(code)
  })

  it('has perhaps done a write, which is sent once', async () => {
    say = wrong
    expect(await endOf(connect().post('/job/a/build', {}))).toMatch(/^AnswerLost: the answer of Jenkins was lost/)
    expect(received).toEqual(['GET /ci/crumbIssuer/api/json HTTP/1.1', 'POST /ci/job/a/build HTTP/1.1'])
  })
})

describe('a redirect that answers a write', () => {
  it.each([
    ['302 Found', '/ci/job/a/', 'answered'],
    ['302 Found', '.', 'answered'],
    ['302 Found', '/ci/job/auth/job/login/7/', 'answered'],
    ['302 Found', 'http://jenkins.internal/job/login/7/', 'AnswerLost: the answer leads to no place of Jenkins'],
    ['302 Found', 'http://jenkins.internal:8080/job/a/', 'AnswerLost: the answer leads to no place of Jenkins'],
    ['303 See Other', '/cinema/', 'AnswerLost: the answer leads to no place of Jenkins'],
    ['302 Found', undefined, 'AnswerLost: the answer leads to no place of Jenkins'],
    ['304 Not Modified', undefined, 'AnswerLost: the answer leads to no place of Jenkins'],
    ['307 Temporary Redirect', undefined, 'Upstream: Jenkins has moved (status 307), and has done nothing'],
    ['302 Found', 'https://sso.example/login?from=x', 'Unauthorized: Jenkins asks for a login'],
    ['302 Found', '/ci/login?from=x', 'Unauthorized: Jenkins asks for a login'],
    [
      '301 Moved Permanently',
      'https://ci.example/ci/job/a/stop',
      'Upstream: Jenkins has moved (status 301), and has done',
    ],
    ['308 Permanent Redirect', '/ci/job/a/stop/', 'Upstream: Jenkins has moved (status 308), and has done nothing'],
  ])('%s to %s: %s', async (status, location, said) => {
    const header = location === undefined ? '' : `location: ${location}\r\n`
    say = (socket) => socket.end(`HTTP/1.1 ${status}\r\n${header}content-length: 0\r\n\r\n`)
    const stop = connect()
      .post('/job/a/stop', {})
      .then((answer) => requireDone(answer, 'build 1 of a'))
    expect(await endOf(stop)).toContain(said)
    expect(received.filter((line) => line.startsWith('POST'))).toHaveLength(1)
  })
})

describe('a Jenkins that is slow', () => {
  it('is waited for until the time of the call is over', async () => {
    say = () => {}
    expect(await endOf(connect(AbortSignal.timeout(300)).get('/api/json'))).toMatch(/^Timeout: /)
    expect(await endOf(connect(AbortSignal.timeout(300)).post('/job/a/build', {}))).toMatch(/^AnswerLost: /)
  })

  it('is read to its end, however small its pieces', async () => {
    say = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      const pieces = [...'{"jobs":[]}']
      const timer = setInterval(() => {
        const piece = pieces.shift()
        if (piece !== undefined) return void socket.write(`1\r\n${piece}\r\n`)
        clearInterval(timer)
        socket.end('0\r\n\r\n')
      }, 5)
    }
    expect(await connect().get('/api/json')).toMatchObject({ status: 200, body: '{"jobs":[]}' })
  })

  it('is sent the login of the integration, and asked for plain text of its kind', async () => {
    let request = ''
    say = (socket, text) => {
      request = text
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
    }
    await connect().get('/api/json')
    expect(request).toContain(`authorization: Basic ${Buffer.from('deployer:the-token').toString('base64')}\r\n`)
    expect(request).not.toContain('accept-encoding')
  })
})
