import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { startRedis } from '@fairlead/testing/servers/redis'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { connectCluster } from '../../kube/cluster.ts'
import { baseUserAgent } from '../../kube/kube.ts'
import { parseKubeconfig } from '../../kube/login/parse-kubeconfig.ts'
import { connectLeaseUsedGrants } from './lease-used-grants.ts'
import { connectRedisUsedGrants } from './redis-used-grants.ts'
import { rememberUsedGrants } from './remembering-used-grants.ts'
import { startSilentRedis } from './silent-redis.fixture.ts'
import type { UsedGrants } from './used-grants.ts'

const seconds = () => Math.floor(Date.now() / 1000)
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const closes: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).toReversed()) await close()
})
const opened = (store: UsedGrants): UsedGrants => {
  closes.push(() => store.close())
  return store
}
const quiet = () => undefined
const connectRedis = (url: string, given: { isLoopback?: boolean; isDeclaredNoEviction?: boolean } = {}) =>
  connectRedisUsedGrants({ url, isLoopback: true, isDeclaredNoEviction: false, report: quiet, ...given })
const early = (retryAt: unknown = expect.any(Number)) => ({ refused: 'before_start', retryAt })

describe('a store in Redis', () => {
  test('lets one id through once over two replicas, and refuses everything older once its data is lost', async () => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const [one, two] = [opened(await connectRedis(redis.url)), opened(await connectRedis(redis.url))]
    await later(1_000)
    const id = randomUUID()
    const issued = seconds()
    const answers = await Promise.all([one.spend(id, issued), two.spend(id, issued), one.spend(id, issued)])
    expect(answers.toSorted()).toEqual(['spent', 'used', 'used'])

    await redis.restart()
    await expect.poll(() => two.spend(id, issued).catch(() => 'down'), { timeout: 8_000 }).toEqual(early())
    await later(1_100)
    expect(await two.spend(randomUUID(), seconds())).toBe('spent')
  })

  test('off loopback takes no grant that the clocks could have let in before the store began', async () => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const store = opened(await connectRedis(redis.url, { isLoopback: false }))
    const began = Date.now()
    const answer = await store.spend(randomUUID(), seconds() + 29)
    if (typeof answer === 'string' || answer.refused !== 'before_start') throw new Error(JSON.stringify(answer))
    expect(answer.retryAt * 1000).toBeGreaterThan(began + 28_000)
    expect(answer.retryAt * 1000).toBeLessThan(began + 33_000)
    expect(await store.spend(randomUUID(), seconds() + 33)).toEqual({ refused: 'not_yet' })
    expect(await store.spend(randomUUID(), seconds() - 700)).toEqual(early())
  })

  test('takes a fail-over, by which the run id stays and the history changes, for a new store', async () => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const store = opened(await connectRedis(redis.url))
    await later(1_100)
    const issued = seconds()
    expect(await store.spend(randomUUID(), issued)).toBe('spent')
    const admin = new Redis(redis.url)
    closes.push(async () => admin.disconnect())
    const other = await startRedis()
    closes.push(() => other.stop())
    const { hostname, port } = new URL(other.url)
    await admin.replicaof(hostname, port)
    const replication = async () => await admin.info('replication')
    await expect.poll(replication, { timeout: 12_000 }).toContain('master_link_status:up')
    await admin.replicaof('NO', 'ONE')
    expect(await store.spend(randomUUID(), issued)).toEqual(early())
  })

  test.each(['allkeys-lru', 'volatile-ttl'])('refuses the start on a Redis of the policy %s', async (policy) => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const admin = new Redis(redis.url)
    closes.push(async () => admin.disconnect())
    await admin.config('SET', 'maxmemory-policy', policy)
    await expect(connectRedis(redis.url, { isDeclaredNoEviction: true })).rejects.toThrow(
      `MCP_GRANT_STORE=redis: the Redis may drop used grants: its maxmemory-policy is ${policy}. Set it to noeviction`,
    )
  })

  test('refuses the start on a Redis whose account may not read what tells of a restart', async () => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const admin = new Redis(redis.url)
    closes.push(async () => admin.disconnect())
    await admin.acl('SETUSER', 'narrow', 'on', 'nopass', '~*', '+@all', '-info')
    const url = redis.url.replace('//', '//narrow:any@')
    await expect(connectRedis(url)).rejects.toThrow(/^MCP_GRANT_STORE=redis: the Redis does not allow .* INFO/)
  })

  test('on a Redis that does not tell its policy needs that it is declared', async () => {
    const redis = await startSilentRedis()
    closes.push(() => redis.close())
    await expect(connectRedis(redis.url)).rejects.toThrow(
      'the Redis does not tell its maxmemory-policy. If it is noeviction, set MCP_GRANT_STORE_NOEVICTION=true.',
    )
    const store = opened(await connectRedis(redis.url, { isDeclaredNoEviction: true }))
    expect(await store.spend(randomUUID(), seconds())).toEqual(early())
  })

  test('fails in time when Redis answers nothing, and works when it is back', async () => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const store = opened(await connectRedis(redis.url))
    await later(1_000)
    redis.pause()
    const started = Date.now()
    await expect(store.spend(randomUUID(), seconds())).rejects.toThrow()
    expect(Date.now() - started).toBeLessThan(5_000)
    redis.resume()
    await expect.poll(() => store.spend(randomUUID(), seconds()).catch(() => 'down'), { timeout: 10_000 }).toBe('spent')
  })
})

describe('a store of Leases', () => {
  test('lets one id through once over two replicas, and refuses everything older once the Leases are gone', async () => {
    const server = await sharedApiServer()
    const namespace = await server.newNamespace('grants')
    const config = parseKubeconfig(readFileSync(server.kubeconfig, 'utf8'), server.kubeconfig)
    const cluster = connectCluster(config, { name: 'default' })
    closes.push(() => cluster.close())
    const connect = async () =>
      opened(await connectLeaseUsedGrants({ cluster, namespace, isLoopback: true, report: quiet }))
    const [one, two] = [await connect(), await connect()]
    await later(1_100)
    const id = randomUUID()
    const issued = seconds()
    const answers = await Promise.all([one.spend(id, issued), two.spend(id, issued)])
    expect(answers.toSorted()).toEqual(['spent', 'used'])

    const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
    const { body } = await server.request('GET', leases)
    const names = (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
    expect(names.toSorted()).toEqual(['fairlead-grant-store', `grant-${id}`])
    for (const name of names) await server.request('DELETE', `${leases}/${name}`)
    expect(await two.spend(id, issued)).toEqual(early())
    await later(1_100)
    expect(await one.spend(randomUUID(), seconds())).toBe('spent')
  })

  test('sweeps what no grant can be of any more once a minute, and never the mark', async () => {
    const server = await sharedApiServer()
    const namespace = await server.newNamespace('grants')
    const proxy = await startRecordingProxy(server)
    closes.push(() => proxy.close())
    const config = parseKubeconfig(readFileSync(proxy.kubeconfig, 'utf8'), proxy.kubeconfig)
    const cluster = connectCluster(config, { name: 'default' })
    closes.push(() => cluster.close())
    let ahead = 0
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    closes.push(async () => void vi.useRealTimers())
    const now = () => Date.now() + ahead
    const store = opened(await connectLeaseUsedGrants({ cluster, namespace, isLoopback: true, report: quiet, now }))
    await later(1_100)
    const id = randomUUID()
    expect(await store.spend(id, seconds())).toBe('spent')
    const leases = async () => {
      const { body } = await server.request('GET', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`)
      return (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name).toSorted()
    }
    ahead = 650_000
    vi.advanceTimersByTime(60_000)
    await later(500)
    expect(await leases()).toEqual(['fairlead-grant-store', `grant-${id}`])
    ahead = 720_000
    vi.advanceTimersByTime(60_000)
    await expect.poll(leases, { timeout: 10_000 }).toEqual(['fairlead-grant-store'])
    const writes = proxy.writes().map(({ method, path, userAgent }) => [method, path.split('/leases')[1], userAgent])
    expect(writes).toEqual([
      ['POST', '', `${baseUserAgent} sweep`],
      ['POST', '', `${baseUserAgent} grant/${id}`],
      ['DELETE', `/grant-${id}`, `${baseUserAgent} sweep`],
    ])
  })

  test('fails when Leases may not be made', async () => {
    const server = await sharedApiServer()
    const namespace = await server.newNamespace('grants')
    const file = await server.user('stranger')
    const config = parseKubeconfig(readFileSync(file, 'utf8'), file)
    const cluster = connectCluster(config, { name: 'default' })
    closes.push(() => cluster.close())
    const store = opened(await connectLeaseUsedGrants({ cluster, namespace, isLoopback: true, report: quiet }))
    await expect(store.spend(randomUUID(), seconds())).rejects.toThrow(/forbidden/)
  })
})

test('a replica refuses what it has seen used, even where the store that it shares has forgotten it', async () => {
  const forgetful: UsedGrants = { kind: 'redis', spend: async () => 'spent', close: async () => undefined }
  const store = rememberUsedGrants(forgetful)
  const answers = [await store.spend('a', seconds()), await store.spend('a', seconds()), await store.spend('b', 0)]
  expect(answers).toEqual(['spent', 'used', 'spent'])
})
