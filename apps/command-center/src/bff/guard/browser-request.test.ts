import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { createReadRequest } from './browser-request.ts'

type Settings = Partial<Parameters<typeof createReadRequest>[0]>

const read = (settings: Settings, headers: Record<string, string>, remoteAddress = '127.0.0.1', url = '/') =>
  createReadRequest({ TRUSTED_PROXIES: [], ...settings })(
    { headers, url, method: 'GET', socket: { remoteAddress } } as unknown as IncomingMessage,
    new EventEmitter() as ServerResponse,
  )
const proxied = {
  host: 'page:3000',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'ops.example.com',
  'x-forwarded-for': '203.0.113.9',
}
const PUBLIC_URL = 'https://ops.example.com'

test.each<[string, Settings, Record<string, string>, object]>([
  ['nothing is configured', {}, { host: 'box:3000' }, { scheme: 'http', ownOrigins: ['http://box:3000'] }],
  [
    'somebody claims to be a proxy',
    {},
    proxied,
    { scheme: 'http', host: 'page:3000', client: '127.0.0.1', ownOrigins: ['http://page:3000'] },
  ],
  [
    'a trusted proxy stands before it',
    { TRUSTED_PROXIES: ['127.0.0.0/8'] },
    proxied,
    { scheme: 'https', host: 'ops.example.com', client: '203.0.113.9', ownOrigins: ['https://ops.example.com'] },
  ],
  ['the public address is known', { PUBLIC_URL }, { host: 'page:3000' }, { scheme: 'https', ownOrigins: [PUBLIC_URL] }],
  [
    'it is forwarded to this machine',
    { PUBLIC_URL },
    { host: 'localhost:9000' },
    { scheme: 'http', ownOrigins: [PUBLIC_URL, 'http://localhost:9000'] },
  ],
  [
    'a trusted proxy and a public address agree',
    { PUBLIC_URL, TRUSTED_PROXIES: ['127.0.0.1'] },
    proxied,
    { scheme: 'https', ownOrigins: [PUBLIC_URL] },
  ],
  [
    'a host only looks like this machine',
    { PUBLIC_URL },
    { host: 'localhost.evil.example' },
    { ownOrigins: [PUBLIC_URL] },
  ],
])('when %s', (_, settings, headers, expected) => {
  expect(read(settings, headers)).toMatchObject(expected)
})

test('path and query stay as they were sent', () => {
  expect(read({}, {}, '127.0.0.1', '/a/../b?x=%2e&y=?')).toMatchObject({ path: '/a/../b', search: '?x=%2e&y=?' })
})

test('a request keeps its id when that can stand in a log', () => {
  expect(read({}, { 'x-request-id': 'abc-1' }).id).toBe('abc-1')
  expect(read({}, { 'x-request-id': 'a b' }).id).toMatch(/^[0-9a-f-]{36}$/)
})
