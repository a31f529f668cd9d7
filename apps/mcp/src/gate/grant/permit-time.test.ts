import { setTimeout as sleep } from 'node:timers/promises'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { type Seen, startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'

let cluster: ApiServer
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
let namespace: string
beforeAll(async () => {
  cluster = await sharedApiServer()
  proxy = await startRecordingProxy(cluster, () => 'run')
  mcp = await startTestMcp(proxy.kubeconfig)
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(async () => {
  namespace = await cluster.newNamespace('time')
  proxy.interfere(() => undefined)
  // No grant is of the second in which the server began.
  await sleep(1_000)
})

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
const applyOf = (...names: string[]): Args => ({
  content: names.map((name) => JSON.stringify(configMap(name, { value: 'after' }))).join('\n---\n'),
  namespace,
})
const make = async (...names: string[]) => {
  for (const name of names) {
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    expect((await cluster.request('POST', path, configMap(name, { kept: 'as it was' }))).status).toBe(201)
  }
}
const valueIn = async (name: string) => {
  const { body } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)
  return (body as { data?: { value?: string } }).data?.value
}

/** A granted call; its grant ends with the returned moment, in milliseconds. */
async function granted(tool: string, args: Args, { seconds = 3, age = 0 } = {}) {
  const preview = await mcp.preview(tool, args)
  expect(preview.error, preview.output).toBe(false)
  proxy.seen.length = 0
  const iat = Math.floor(Date.now() / 1000) - age
  const grant = mcp.engine.grant({ tool, args, preview }, { claims: { iat, exp: iat + seconds } })
  const until = (iat + seconds) * 1000
  return { until, call: () => mcp.call(tool, args, { [metaKeys.grant]: grant }) }
}
const isWrite = ({ userAgent, method }: Seen) => userAgent.includes(' call/') && method !== 'GET'
const over = (until: number) => sleep(Math.max(0, until - Date.now()) + 50)
const writes = () => proxy.seen.filter(isWrite).map(({ path }) => path.split('?')[0]?.split('/').at(-1))

test('a write that comes to its first request when its time is over is not sent', async () => {
  await make('late')
  const { until, call } = await granted('k8s_apply', applyOf('late'))
  proxy.interfere(async ({ method, path }) => {
    if (method === 'GET' && path.includes('/configmaps/late')) await over(until)
  })
  const answer = await call()
  expect(answer).toMatchObject({ code: 'Refused', outcome: 'failed', data: { grant_error: 'expired' } })
  expect(answer.output).toBe(
    'Refused: the time of the approval was over before the write could be sent, so it was not sent.',
  )
  expect(writes()).toEqual([])
  expect(await valueIn('late')).toBe(undefined)
})

test('a write that is overtaken when its time is over is not tried again', async () => {
  await make('contested')
  const { until, call } = await granted('k8s_apply', applyOf('contested'))
  const conflict = { kind: 'Status', reason: 'Conflict', message: 'the object has been modified', code: 409 }
  proxy.interfere(async (seen, { answer }) => {
    if (!isWrite(seen)) return
    await over(until)
    answer(409, conflict)
  })
  const answer = await call()
  expect(answer).toMatchObject({ code: 'Conflict', outcome: 'failed', tries: 1, objects: [{ outcome: 'failed' }] })
  expect(writes()).toEqual(['contested'])
  expect(await valueIn('contested')).toBe(undefined)
})

test('of several objects, one that is overtaken when the time is over is not tried again', async () => {
  await make('one', 'two')
  const { until, call } = await granted('k8s_apply', applyOf('one', 'two'))
  const conflict = { kind: 'Status', reason: 'Conflict', message: 'the object has been modified', code: 409 }
  proxy.interfere(async (seen, { answer }) => {
    if (!isWrite(seen) || !seen.path.includes('/two')) return
    await over(until)
    answer(409, conflict)
  })
  expect(await call()).toMatchObject({ outcome: 'failed', objects: [{ outcome: 'succeeded' }, { outcome: 'failed' }] })
  expect(writes()).toEqual(['one', 'two'])
  expect(await valueIn('two')).toBe(undefined)
})

test('of several objects, none is begun when the time is over', async () => {
  await make('one', 'two', 'three')
  const { until, call } = await granted('k8s_apply', applyOf('one', 'two', 'three'))
  proxy.interfere(async (seen) => {
    if (isWrite(seen)) await over(until)
  })
  const answer = await call()
  expect(answer.objects?.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed', 'failed'])
  expect(answer.objects?.[1]?.error).toContain('the time of the approval was over')
  expect(writes()).toEqual(['one'])
  expect([await valueIn('one'), await valueIn('two'), await valueIn('three')]).toEqual(['after', undefined, undefined])
})

test('a command is not run when its time is over', async () => {
  requireNodes(cluster)
  const containers = [{ name: 'main', image: 'registry.example.com/shell:1' }]
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shell' }, spec: { containers } }
  const path = `/api/v1/namespaces/${namespace}/pods`
  expect((await cluster.request('POST', path, pod)).status).toBe(201)
  const phase = async () => {
    const { body } = await cluster.request('GET', `${path}/shell`)
    return (body as { status?: { phase?: string } }).status?.phase
  }
  await expect.poll(phase, { timeout: 10_000 }).toBe('Running')
  const { until, call } = await granted('k8s_exec', { pod_name: 'shell', namespace, command: "sh -c 'true'" })
  proxy.interfere(async ({ method, path: answering }) => {
    if (method === 'GET' && answering.endsWith('/pods/shell')) await over(until)
  })
  const answer = await call()
  expect(answer).toMatchObject({ code: 'Refused', outcome: 'failed' })
  expect(answer.output).toContain('the time of the approval was over')
  expect(proxy.seen.filter(({ path: answering }) => answering.includes('/exec'))).toEqual([])
})

test('a grant that comes after its end, in the time that differing clocks allow, is still carried out', async () => {
  await make('skewed')
  await sleep(3_000)
  const { call } = await granted('k8s_apply', applyOf('skewed'), { age: 3, seconds: 1 })
  expect(await call()).toMatchObject({ outcome: 'succeeded' })
  expect(await valueIn('skewed')).toBe('after')
})
