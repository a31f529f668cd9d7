import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import { expect, test } from 'vitest'
import { matchEndpoint, unknownParameters } from './allow-list.ts'

const id = '0b0e3a52-7d11-4f62-8d0c-0a3d9d9f0001'
const browser = (method: string, path: string) => matchEndpoint({ method, path, isTerminal: false })
const terminal = (method: string, path: string) => matchEndpoint({ method, path, isTerminal: true })

test('every parameter of the contract has a pattern', () => {
  expect(unknownParameters).toEqual([])
})

test('a browser finds every endpoint of the API but those that only this server may call', () => {
  const values: Record<string, string> = {
    id,
    run_id: id,
    integration_id: id,
    server_id: id,
    tool: 'query',
    call_id: 'call:1',
    sha256: 'a'.repeat(64),
  }
  for (const [name, endpoint] of Object.entries(endpoints) as [string, EndpointShape][]) {
    const path = endpoint.path.replace(/:(\w+)/g, (_, parameter: string) => values[parameter] ?? '')
    const found = browser(endpoint.method, path)
    if (endpoint.serverOnly || endpoint.atRoot) expect(found, name).toBe('unknown')
    else expect(found, name).toMatchObject({ name })
  }
})

test.each(['/auth/jwt/login', '/auth/jwt/logout', '/auth/refresh', '/auth/refresh/issue', '/auth/logout'])(
  '%s holds tokens and is there for no browser, by no method',
  (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) expect(browser(method, path)).toBe('unknown')
  },
)

test('a terminal signs in and out, and refreshes nothing by cookie', () => {
  expect(terminal('POST', '/auth/jwt/login')).toMatchObject({ name: 'login' })
  expect(terminal('POST', '/auth/refresh/issue')).toMatchObject({ name: 'issueRefresh' })
  expect(terminal('POST', '/auth/jwt/logout')).toMatchObject({ name: 'logoutToken' })
  expect(terminal('POST', '/auth/refresh')).toBe('unknown')
  expect(terminal('POST', '/auth/logout')).toBe('unknown')
})

test.each([
  ['/auth/users/me/', { path: '/auth/users/me' }],
  [`/conversations/${id.toUpperCase()}`, { path: `/conversations/${id.toUpperCase()}` }],
  ['/approvals/call%3A1', { path: '/approvals/call%3A1' }],
  ['/approvals/call:1', { path: '/approvals/call%3A1' }],
  ['/approvals/%61', { path: '/approvals/a' }],
])('the path of %s is made anew', (path, matched) => {
  expect(browser('GET', path)).toMatchObject(matched)
})

test.each([
  '/conversations/1',
  `/conversations/${id}0`,
  '/conversations/.',
  '/conversations/..',
  '/approvals/.',
  '/approvals/..',
  '/approvals/a%20b',
  `/approvals/${'a'.repeat(129)}`,
  `/conversations/${id}/blobs/${'g'.repeat(64)}`,
  `/agent/runs/${id}x/events`,
])('%s is malformed', (path) => {
  expect(browser('GET', path)).toBe('malformed')
})

test.each(['/', '', '/auth', `/auth/users/${id}`, '/docs', '/openapi.json', '/constructor', '/%61uth/me', '/Auth/me'])(
  '%s is unknown',
  (path) => {
    expect(browser('GET', path)).toBe('unknown')
  },
)

test.each([
  ['OPTIONS', '/conversations', ['POST', 'GET']],
  ['HEAD', '/auth/me', ['GET']],
  ['PUT', `/conversations/${id}`, ['GET', 'PATCH', 'DELETE']],
  ['GET', '/approvals/decisions', ['POST']],
])('%s %s is another method of a known path', (method, path, allow) => {
  expect(browser(method, path)).toEqual({ allow })
})
