import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { startRedis } from '@fairlead/testing/redis'
import { sharedApiServer } from '@fairlead/testing/shared-servers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connectCluster } from '../kube/cluster.ts'
import { baseUserAgent } from '../kube/kube.ts'
import { parseKubeconfig } from '../kube/parse-kubeconfig.ts'
import { startRecordingProxy } from '../recording-proxy.fixture.ts'
import { connectLeaseUsedGrants } from './lease-used-grants.ts'
import { createMemoryUsedGrants } from './memory-used-grants.ts'
import { connectRedisUsedGrants } from './redis-used-grants.ts'
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

describe('a store in memory', () => {
  test('lets one id through once', async () => {
    const store = createMemoryUsedGrants({ isLoopback: true, now: () => Date.now() - 5_000 })
    const id = randomUUID()
    const answers = await Promise.all([store.spend(id, seconds()), store.spend(id, seconds())])
    expect(answers).toEqual(['spent', 'used'])
  })

  test('refuses what was issued before it began; off loopback the clock skew counts too', async () => {
    const store = createMemoryUsedGrants({ isLoopback: true })
    expect(await store.spend(randomUUID(), seconds() - 1)).toBe('before_start')
    expect(await store.spend(randomUUID(), seconds() + 1)).toBe('spent')
    const remote = createMemoryUsedGrants({ isLoopback: false })
    expect(await remote.spend(randomUUID(), seconds() + 29)).toBe('before_start')
    expect(await remote.spend(randomUUID(), seconds() + 31)).toBe('spent')
  })

  test('forgets an id only after all grants of its time have expired', async () => {
    let now = Date.now()
    const store = createMemoryUsedGrants({ isLoopback: true, now: () => now })
    const issued = Math.floor(now / 1000) + 1
    await store.spend('a', issued)
    now += 599_000
    expect(await store.spend('a', issued)).toBe('used')
    now += 2_000
    expect(await store.spend('a', issued)).toBe('spent')
  })
})

describe('a store in Redis', () => {
  test('lets one id through once over two replicas, and refuses everything older once its data is lost', async () => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const [one, two] = [
      opened(await connectRedisUsedGrants(redis.url, quiet)),
      opened(await connectRedisUsedGrants(redis.url, quiet)),
    ]
    await later(1_000)
    const id = randomUUID()
    const issued = seconds()
    const answers = await Promise.all([one.spend(id, issued), two.spend(id, issued), one.spend(id, issued)])
    expect(answers.toSorted()).toEqual(['spent', 'used', 'used'])

    await redis.restart()
    await expect.poll(() => two.spend(id, issued).catch(() => 'down'), { timeout: 8_000 }).toBe('before_start')
    await later(1_100)
    expect(await two.spend(randomUUID(), seconds())).toBe('spent')
  })

  test('fails in time when Redis answers nothing, and works when it is back', async () => {
    const redis = await startRedis()
    closes.push(() => redis.stop())
    const store = opened(await connectRedisUsedGrants(redis.url, quiet))
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
    const connect = async () => opened(await connectLeaseUsedGrants({ cluster, namespace, report: quiet }))
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
    expect(await two.spend(id, issued)).toBe('before_start')
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
    const store = opened(await connectLeaseUsedGrants({ cluster, namespace, report: quiet, now }))
    await later(1_100)
    const id = randomUUID()
    expect(await store.spend(id, seconds())).toBe('spent')
    const leases = async () => {
      const { body } = await server.request('GET', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`)
      return (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name).toSorted()
    }
    ahead = 590_000
    vi.advanceTimersByTime(60_000)
    await later(500)
    expect(await leases()).toEqual(['fairlead-grant-store', `grant-${id}`])
    ahead = 660_000
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
    const store = opened(await connectLeaseUsedGrants({ cluster, namespace, report: quiet }))
    await expect(store.spend(randomUUID(), seconds())).rejects.toThrow(/forbidden/)
  })
})
