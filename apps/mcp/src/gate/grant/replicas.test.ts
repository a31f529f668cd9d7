import { setTimeout as sleep } from 'node:timers/promises'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type OwnRedisServer, startRedis } from '@fairlead/testing/servers/redis'
import { sharedApiServer, sharedRedis } from '@fairlead/testing/shared/shared-servers'
import { Redis } from 'ioredis'
import { afterEach, beforeAll, expect, test } from 'vitest'
import {
  askToConfirm,
  createTestEngine,
  grantsGrowOld,
  startTestMcp,
  type TestEngine,
} from '../../fixtures/mcp-server.fixture.ts'

let cluster: ApiServer
beforeAll(async () => {
  cluster = await sharedApiServer()
})
const closes: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).toReversed()) await close()
})

/** Servers that listen beyond loopback: their engine and their store may be on other machines. */
const remote = { argv: ['--host', '0.0.0.0'], env: { MCP_ALLOW_UNAUTHENTICATED: 'true' } }

async function twoReplicas(env: Record<string, string>, { isRemote = false } = {}) {
  const engine: TestEngine = await createTestEngine()
  closes.push(() => engine.remove())
  const { argv, env: open } = isRemote ? remote : { argv: [], env: {} }
  const start = async () => {
    const mcp = await startTestMcp(cluster.kubeconfig, { engine, argv, env: { MCP_REPLICAS: '2', ...open, ...env } })
    closes.push(() => mcp.close())
    return mcp
  }
  const [one, two] = [await start(), await start()]
  const namespace = await cluster.newNamespace('replicas')
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  /** A granted creation; the same grant can be sent to either replica. */
  const approved = async (name: string, aheadSeconds = 0) => {
    const content = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: name } })
    const args = { content, namespace }
    const preview = await one.preview('k8s_apply', args)
    const iat = Math.ceil(Date.now() / 1000) + aheadSeconds
    const grant = engine.grant({ tool: 'k8s_apply', args, preview }, { claims: { iat, exp: iat + 60 } })
    return (replica: typeof one) => replica.call('k8s_apply', args, { [metaKeys.grant]: grant })
  }
  const remove = (name: string) => cluster.request('DELETE', `${path}/${name}`)
  const exists = async (name: string) => (await cluster.request('GET', `${path}/${name}`)).status === 200
  return { one, two, namespace, approved, exists, remove }
}
type Replicas = Awaited<ReturnType<typeof twoReplicas>>

/** Both at once and once more: one of them wrote, the others know that it is used. */
async function expectOneUse({ one, two, approved, exists }: Replicas): Promise<void> {
  const run = await approved('once')
  const answers = await Promise.all([run(one), run(two)])
  answers.push(await run(one), await run(two))
  expect(answers.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  expect(answers.filter(({ data }) => data?.grant_error === 'used')).toHaveLength(3)
  expect(await exists('once')).toBe(true)
}

/** A grant of before the loss is refused, one of after it is good. */
async function expectNothingReopened({ one, two, approved, exists }: Replicas, lose: () => Promise<unknown>) {
  const spent = await approved('spent')
  expect(await spent(one)).toMatchObject({ outcome: 'succeeded' })
  const unused = await approved('unused')
  await grantsGrowOld()
  await lose()
  const answerOf = async (run: typeof spent) => (await run(two)).data?.grant_error
  await expect.poll(() => answerOf(spent), { timeout: 10_000 }).toBe('before_start')
  expect(await answerOf(unused)).toBe('before_start')
  expect(await exists('unused')).toBe(false)
  // Grants and the store's mark carry whole seconds: one of the mark's own second counts as older.
  const fresh = async () => (await (await approved('anew'))(one)).outcome
  await expect.poll(fresh, { timeout: 10_000 }).toBe('succeeded')
}

/** The same yes to both at once, and to each once more: one of them wrote. */
async function expectOneConfirmation({ one, two, namespace, exists }: Replicas): Promise<void> {
  await grantsGrowOld()
  const content = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"asked"}}'
  const sayYes = await askToConfirm(one, { name: 'k8s_apply', arguments: { content, namespace } })
  const answers = await Promise.all([sayYes(one), sayYes(two)])
  answers.push(await sayYes(one), await sayYes(two))
  expect(answers.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  const used = 'Refused: not confirmed: this answer has been used already. Nothing was written.'
  expect(answers.filter(({ output }) => output === used)).toHaveLength(3)
  expect(await exists('asked')).toBe(true)
}

test('with Redis a grant is used once over two servers, and a store that lost its data reopens nothing', async () => {
  const redis = await startRedis()
  closes.push(() => redis.stop())
  const replicas = await twoReplicas({ MCP_GRANT_STORE: 'redis', MCP_GRANT_REDIS_URL: redis.url })
  await expectOneUse(replicas)
  await expectNothingReopened(replicas, () => redis.restart())
})

test('with Leases a grant is used once over two servers, and Leases that were deleted reopen nothing', async () => {
  const store = await cluster.newNamespace('leases')
  const replicas = await twoReplicas({ MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: store })
  await expectOneUse(replicas)
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${store}/leases`
  await expectNothingReopened(replicas, () => cluster.request('DELETE', leases))
})

/** Redis as replicas share it, and a client of its administrator. */
async function ownRedis(): Promise<{ server: OwnRedisServer; redis: Redis; env: Record<string, string> }> {
  const server = await startRedis()
  closes.push(() => server.stop())
  const redis = new Redis(server.url)
  redis.on('error', () => undefined) // it is killed in the midst of a test
  closes.push(async () => redis.disconnect())
  return { server, redis, env: { MCP_GRANT_STORE: 'redis', MCP_GRANT_REDIS_URL: server.url } }
}

/** Spends a grant, loses what `lose` loses, and tries it on both: its object was removed, so that a second write shows. */
async function expectUsedOnce(
  { one, two, approved, exists, remove }: Replicas,
  lose: () => Promise<unknown>,
  aheadSeconds = 0,
): Promise<unknown[]> {
  const run = await approved('once', aheadSeconds)
  expect(await run(one)).toMatchObject({ outcome: 'succeeded' })
  await remove('once')
  // On one machine no grant is of a second to come.
  await grantsGrowOld()
  await lose()
  const refusals: unknown[] = []
  for (const replica of [two, one, two, one]) {
    await expect
      .poll(async () => (await run(replica)).data?.grant_error, { timeout: 10_000 })
      .toMatch(/^(before_start|used)$/)
    refusals.push((await run(replica)).data)
  }
  expect(await exists('once')).toBe(false)
  return refusals
}

test('a Redis that is killed and comes back with its last snapshot reopens no grant that was used since', async () => {
  const { server, redis, env } = await ownRedis()
  const replicas = await twoReplicas(env)
  await grantsGrowOld()
  await redis.save()
  await expectUsedOnce(replicas, () => server.restart())
})

test('a Redis that lost a part of what it holds by eviction reopens nothing, while it evicts and afterwards', async () => {
  for (const policy of ['volatile-lru', 'allkeys-lru']) {
    const { redis, env } = await ownRedis()
    const replicas = await twoReplicas(env)
    await grantsGrowOld()
    await expectUsedOnce(replicas, async () => {
      const grants = () => redis.keys('fairlead:grant:*')
      await redis.config('SET', 'maxmemory-samples', '64')
      await redis.config('SET', 'maxmemory-policy', policy)
      const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
      await redis.config('SET', 'maxmemory', String(used + 300_000))
      for (let n = 0; (await grants()).length > 0; n++) {
        // What is asked for stays the longest, so the mark of the store does.
        for (const key of await redis.keys('fairlead:grant-store*')) await redis.get(key)
        await redis.set(`filler:${n}`, 'x'.repeat(10_000), 'EX', 600)
      }
      expect(await redis.keys('fairlead:grant-store*')).toHaveLength(1)
      const unsure = await (await replicas.approved('unsure'))(replicas.two)
      expect(unsure).toMatchObject({ code: 'Unavailable', data: { grant_error: 'store' } })
      expect(unsure.output).toContain(`maxmemory-policy is ${policy}`)
      await redis.config('SET', 'maxmemory', '0')
      await redis.config('SET', 'maxmemory-policy', 'noeviction')
    })
    expect(await replicas.exists('unsure')).toBe(false)
  }
})

test('a Redis that is emptied reopens nothing, the clock of the engine 20 s ahead', async () => {
  const { redis, env } = await ownRedis()
  const replicas = await twoReplicas(env, { isRemote: true })
  // As if the store had been there for long: a new one takes no grant before the allowed skew is over.
  await makeMarkOlder(redis)
  const refusals = await expectUsedOnce(replicas, () => redis.flushall(), 20)
  expect(refusals[0]).toMatchObject({ grant_error: 'before_start', retry_at: expect.any(Number) })
})

test('a Redis that is emptied reopens nothing, the clock of the engine 20 s behind', async () => {
  const { redis, env } = await ownRedis()
  const replicas = await twoReplicas(env, { isRemote: true })
  await makeMarkOlder(redis)
  await expectUsedOnce(replicas, () => redis.flushall(), -20)
})

test('a store refuses a grant that is of later than the allowed skew by its own clock: it could not be told from a new one', async () => {
  const { redis, env } = await ownRedis()
  const { one, approved, exists } = await twoReplicas(env, { isRemote: true })
  await makeMarkOlder(redis)
  const run = await approved('ahead', 29)
  expect(await run(one)).toMatchObject({ outcome: 'succeeded' })
  const far = await approved('far', 40)
  expect(await far(one)).toMatchObject({ data: { grant_error: 'not_yet' } })
  expect(await exists('far')).toBe(false)
})

/** The mark begins with its time in milliseconds. */
async function makeMarkOlder(redis: Redis): Promise<void> {
  const [key = ''] = await redis.keys('fairlead:grant-store*')
  const mark = (await redis.get(key)) ?? ''
  await redis.set(
    key,
    mark.replace(/^\d+/, (since) => String(Number(since) - 120_000)),
  )
}

test('a Lease of a used grant that is deleted by itself reopens nothing', async () => {
  const store = await cluster.newNamespace('leases')
  const replicas = await twoReplicas({ MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: store })
  await grantsGrowOld()
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${store}/leases`
  await expectUsedOnce(replicas, async () => {
    await cluster.request('DELETE', `${leases}?labelSelector=fairlead.dev/used-grant`)
    await sleep(4_000)
  })
})

test.each(['redis', 'kubernetes'])(
  'with MCP_GRANT_STORE=%s a confirmation is used once over two servers',
  async (kind) => {
    const redis = await sharedRedis()
    const store = { MCP_GRANT_REDIS_URL: redis.url, MCP_GRANT_NAMESPACE: await cluster.newNamespace('leases') }
    await expectOneConfirmation(await twoReplicas({ MCP_MODE: 'confirm', MCP_GRANT_STORE: kind, ...store }))
  },
)
