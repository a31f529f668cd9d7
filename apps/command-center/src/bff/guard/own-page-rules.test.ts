import { expect, test } from 'vitest'
import { requireOwnPage } from './own-page-rules.ts'
import type { PageRequest } from './page-request.ts'

const ours = 'https://ops.example.com'
const check = (method: string, headers: PageRequest['headers']) => () =>
  requireOwnPage({ method, headers, ownOrigins: [ours] } as unknown as PageRequest)
const csrf = { 'x-fairlead-csrf': '1' }

test.each([
  ['POST', { ...csrf, origin: ours }],
  ['POST', { ...csrf, 'sec-fetch-site': 'same-origin' }],
  ['DELETE', { ...csrf, origin: ours, 'sec-fetch-site': 'same-origin' }],
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
  `${ours}:8443`,
  `${ours}.evil.example`,
  `${ours}, ${ours}`,
  '',
]
test.each([
  ...['POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [
    [method, { ...csrf }] as const,
    [method, { origin: ours, 'sec-fetch-site': 'same-origin' }] as const,
    [method, { origin: ours, 'x-fairlead-csrf': '0' }] as const,
    ...foreign.map((origin) => [method, { ...csrf, origin }] as const),
    ...foreign.map((origin) => [method, { ...csrf, origin, 'sec-fetch-site': 'same-origin' }] as const),
    ...['none', 'same-site', 'cross-site', ''].map(
      (site) => [method, { ...csrf, origin: ours, 'sec-fetch-site': site }] as const,
    ),
  ]),
  ...['same-site', 'cross-site', ''].map((site) => ['GET', { 'sec-fetch-site': site }] as const),
])('%s with %j is refused', (method, headers) => {
  expect(check(method, headers)).toThrow(expect.objectContaining({ status: 403, code: 'cross_site' }))
})
