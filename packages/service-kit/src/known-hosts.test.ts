import { createServer, type Http2Server, connect as openHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isHost, knownHosts, unknownHostSentence } from './known-hosts.ts'

const listed = ['ops.example.com', 'Box.local:8443', 'tls.example.com:443', '[fd00::1]', '192.0.2.7']
const { judge } = knownHosts(listed)
const of = (...hosts: string[]) => ({ rawHeaders: hosts.flatMap((host) => ['Host', host]), url: '/' })

test.each([
  'localhost',
  'LOCALHOST:3000',
  '127.0.0.1:1',
  '127.9.8.7',
  '[::1]',
  '[::1]:3000',
  '[0:0:0:0:0:0:0:1]:3000',
  'ops.example.com',
  'OPS.example.com:9',
  'box.local:8443',
  'tls.example.com:443',
  'tls.example.com',
  '[fd00::1]:80',
  '[FD00:0::1]',
  '192.0.2.7:3000',
])('%s is known', (host) => {
  expect(judge(of(host))).toBe('known')
})

test.each([
  '',
  ' ',
  'evil.example',
  'localhost.',
  'localhost.evil.example',
  'ops.example.com.',
  'evil.ops.example.com',
  'ops.example.com.evil.example',
  'box.local',
  'box.local:80',
  'box.local:84430',
  'tls.example.com:80',
  'evil.example@localhost',
  'localhost@evil.example',
  'localhost/',
  'localhost?',
  'localhost#',
  'localhost\\',
  'localhost:',
  'localhost:99999',
  'localhost:3000:3000',
  'localhost:x',
  'localhost, evil.example',
  'localhost evil.example',
  'http://localhost',
  'app.localhost',
  '0.0.0.0:3000',
  '0x7f.1',
  '2130706433',
  '127.1',
  '127.0.0.1.evil.example',
  '127.0.0.256',
  '0177.0.0.1',
  '::1',
  '[::1',
  '[::1%25lo]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::2]',
  'lоcalhost', // a Cyrillic letter
  'localhost\u0000',
])('%j is not', (host) => {
  expect(judge(of(host))).toBe('unknown')
})

test('whoever names the server twice, and whoever does not at all', () => {
  expect(judge(of('localhost', 'localhost'))).toBe('malformed')
  expect(judge({ rawHeaders: ['host', 'localhost', 'HOST', 'evil.example'], url: '/' })).toBe('malformed')
  expect(judge({ rawHeaders: ['X', 'Host'], url: '/' })).toBe('unknown')
})

test('one unknown name among several is enough: in the target, by a proxy, beside another header', () => {
  const local = of('localhost')
  expect(judge({ ...local, url: 'http://localhost:3000/api' })).toBe('known')
  expect(judge({ ...local, url: 'http://evil.example/api' })).toBe('unknown')
  expect(judge({ ...local, url: 'ws://x@localhost/' })).toBe('unknown')
  expect(judge({ ...local, url: '/?next=http://evil.example/' })).toBe('known')
  expect(judge(local, ['ops.example.com'])).toBe('known')
  expect(judge(local, ['ops.example.com', 'evil.example'])).toBe('unknown')
  expect(judge({ rawHeaders: ['Host', 'localhost', ':authority', 'evil.example'], url: '/' })).toBe('unknown')
})

test('a name that was known is forgotten by nobody, one that was not is not learnt', () => {
  const hosts = knownHosts([])
  const hostNames = ['localhost', 'evil.example', 'localhost', 'evil.example', 'evil.example']
  expect(hostNames.map((host) => hosts.judge(of(host)))).toEqual(['known', 'unknown', 'known', 'unknown', 'unknown'])
})

test('HTTP/2 gives the name as :authority', async () => {
  await using server = await listening()
  const ask = async (authority: string) => {
    const session = openHttp2(`http://127.0.0.1:${server.port}`)
    const stream = session.request({ ':path': '/', ':authority': authority })
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += chunk
    session.close()
    return text
  }
  expect(await ask('localhost:1')).toBe('known')
  expect(await ask('evil.example')).toBe('unknown')
})

test('no text but the listed names and those of this machine is known', () => {
  const known =
    /^(?:localhost|127(?:\.\d{1,3}){3}|ops\.example\.com|box\.local:8443|tls\.example\.com|192\.0\.2\.7|\[)/i
  const alphabet = fc.constantFrom(...'localhost127.ops.example.com:@[]%/\\ evil', ...listed, 'localhost', '127.0.0.1')
  const text = fc.array(alphabet, { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(fc.property(text, (host) => known.test(host) || judge(of(host)) === 'unknown'))
})

test('what a setting may list, and what a person is told', () => {
  const allowed = ['ops.example.com', 'ops.example.com:8443', '10.0.0.1', '[::1]:80', 'fairlead-engine.ops.svc']
  expect(allowed.filter((text) => !isHost(text))).toEqual([])
  expect(['*', '*.example.com', 'https://x', 'x/y', 'x y', '.x', 'x.'].filter(isHost)).toEqual([])
  expect(unknownHostSentence('evil.example:3000', 'ALLOWED_HOSTS')).toMatch(
    /^"evil\.example:3000" .*ALLOWED_HOSTS\. If this name is yours, add it there and start again\.$/,
  )
  expect(unknownHostSentence('<script>', 'ALLOWED_HOSTS')).not.toContain('script')
})

async function listening(): Promise<{ port: number } & AsyncDisposable> {
  const server: Http2Server = createServer((request, response) => void response.end(judge(request)))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  }
}
