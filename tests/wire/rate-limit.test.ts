import { freePort } from '@fairlead/testing/servers/free-ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import type { Person } from './person.fixture.ts'

const points = 5

describe.each([
  { where: 'the embedded installation', adapters: 'embedded' },
  { where: 'Redis', adapters: 'servers' },
  { where: 'the process, Redis being away', adapters: 'servers', isRedisAway: true },
] as const)('the window of requests, in $where', { timeout: 60_000 }, (row) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    const away = 'isRedisAway' in row && { REDIS_URL: `redis://127.0.0.1:${await freePort()}` }
    const limited = { RATE_LIMITING_ENABLED: 'true', RATE_LIMIT_PER_MINUTE: String(points) }
    engine = await startEngineUnderTest({ adapters: row.adapters, settings: { ...limited, ...away } })
  })
  afterAll(() => engine?.close())

  const ask = (person: Person, path: string) =>
    fetch(`${engine.api}${path}`, { headers: { authorization: `Bearer ${person.token}` } })
  const statuses = async (count: number, path: string) => {
    const found: number[] = []
    for (let nth = 0; nth < count; nth++) found.push((await ask(engine.owner, path)).status)
    return found
  }
  const all = (count: number) => Array.from({ length: count }, () => 200)

  test(`request ${points} passes, the next one says when to come back; another path and another person pass`, async () => {
    expect(await statuses(points, '/approvals')).toEqual(all(points))
    const refused = await ask(engine.owner, '/approvals')
    expect([refused.status, await refused.json()]).toEqual([429, { detail: 'Too Many Requests' }])
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThanOrEqual(1)
    expect(seconds).toBeLessThanOrEqual(60)
    expect((await ask(engine.owner, '/conversations')).status).toBe(200)
    expect((await ask(await engine.newPerson(), '/approvals')).status).toBe(200)
  })

  test('one window has all conversations: the path counts as it is declared', async () => {
    const paths = Array.from(
      { length: points + 1 },
      (_, nth) => `/conversations/00000000-0000-4000-8000-00000000000${nth}`,
    )
    const found: number[] = []
    for (const path of paths) found.push((await ask(engine.owner, path)).status)
    expect(found).toEqual([...Array.from({ length: points }, () => 404), 429])
  })

  test.each(['/health', '/health/database', '/health/ready', '/.well-known/jwks.json'])(
    '%s is never refused',
    async (path) => {
      const base = path.startsWith('/.') ? new URL(engine.api).origin : engine.api
      const found: number[] = []
      for (let nth = 0; nth < 2 * points; nth++) found.push((await fetch(`${base}${path}`)).status)
      expect(found).toEqual(all(2 * points))
    },
  )
})
