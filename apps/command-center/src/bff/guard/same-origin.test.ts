import { expect, test } from 'vitest'
import type { BrowserRequest } from './browser-request.ts'
import { requireSameOrigin } from './same-origin.ts'

const ownOrigin = 'https://ops.example.com'
const check = (method: string, headers: BrowserRequest['headers']) => () =>
  requireSameOrigin({ method, headers, ownOrigins: [ownOrigin] } as unknown as BrowserRequest)
const csrf = { 'x-fairlead-csrf': '1' }

test.each([
  ['POST', { ...csrf, origin: ownOrigin }],
  ['POST', { ...csrf, 'sec-fetch-site': 'same-origin' }],
  ['DELETE', { ...csrf, origin: ownOrigin, 'sec-fetch-site': 'same-origin' }],
  ['GET', {}],
  ['GET', { 'sec-fetch-site': 'none' }],
  ['GET', { 'sec-fetch-site': 'same-origin' }],
])('%s with %j comes from our page', (method, headers) => {
  expect(check(method, headers)).not.toThrow()
})

const foreign = [
  'null',
  'https://evil.example',
  'http://ops.example.com',
  `${ownOrigin}:8443`,
  `${ownOrigin}.evil.example`,
  `${ownOrigin}, ${ownOrigin}`,
  '',
]
test.each([
  ...['POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [
    [method, { ...csrf }] as const,
    [method, { origin: ownOrigin, 'sec-fetch-site': 'same-origin' }] as const,
    [method, { origin: ownOrigin, 'x-fairlead-csrf': '0' }] as const,
    ...foreign.map((origin) => [method, { ...csrf, origin }] as const),
    ...foreign.map((origin) => [method, { ...csrf, origin, 'sec-fetch-site': 'same-origin' }] as const),
    ...['none', 'same-site', 'cross-site', ''].map(
      (site) => [method, { ...csrf, origin: ownOrigin, 'sec-fetch-site': site }] as const,
    ),
  ]),
  ...['same-site', 'cross-site', ''].map((site) => ['GET', { 'sec-fetch-site': site }] as const),
])('%s with %j is refused', (method, headers) => {
  expect(check(method, headers)).toThrow(expect.objectContaining({ status: 403, code: 'cross_site' }))
})
