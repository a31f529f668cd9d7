import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { createAdmission } from './concurrency.ts'

let cluster: ApiServer
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  proxy = await startRecordingProxy(cluster)
  mcp = await startTestMcp(proxy.kubeconfig)
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})

/** Lists by a label that begins so stay open until let go; `open` counts them now, `most` the most at once. */
function gateAt(prefix: string) {
  const gate = { open: 0, most: 0, begun: [] as string[], letGo: () => {} }
  const opened = new Promise<void>((resolve) => {
    gate.letGo = resolve
  })
  proxy.interfere(async ({ path }) => {
    const [, name] = new RegExp(`labelSelector=of%3D(${prefix}[^&]*)`).exec(path) ?? []
    if (name === undefined) return
    gate.begun.push(name)
    gate.most = Math.max(gate.most, ++gate.open)
    await opened
    gate.open--
  })
  return gate
}
const by = (user: string) => ({ [metaKeys.identity]: mcp.engine.identity(user) })
const read = (user: string, label: string) =>
  mcp.call('k8s_get', { resource_type: 'configmaps', label_selector: `of=${label}`, namespace: 'default' }, by(user))
const of = (gate: ReturnType<typeof gateAt>, user: string) => gate.begun.filter((name) => name.includes(user))

test('of forty slow calls of one caller eight run at once, and none stands before another caller or /health', async () => {
  await read('warm', 'nothing')
  const gate = gateAt('slow-')
  const busy = Array.from({ length: 40 }, (_, index) => read('busy', `slow-busy-${index}`))
  await expect.poll(() => of(gate, 'busy').length, { timeout: 10_000 }).toBe(8)
  const other = Array.from({ length: 5 }, (_, index) => read('other', `slow-other-${index}`))
  await expect.poll(() => of(gate, 'other').length, { timeout: 10_000 }).toBe(5)
  expect(of(gate, 'busy')).toHaveLength(8)
  for (let tries = 0; tries < 20; tries++) {
    expect(await (await fetch(new URL('/health', mcp.url))).json()).toEqual({ status: 'ok' })
  }
  // None of them was let go meanwhile.
  expect(gate).toMatchObject({ open: 13, begun: { length: 13 } })
  gate.letGo()
  await Promise.all([...busy, ...other])
  expect(gate.begun).toHaveLength(45)
})

test('thirty-two run at once in all, sixty-four wait, and whoever comes then is told to come again', async () => {
  const gate = gateAt('full-')
  let refused = 0
  const calls = Array.from({ length: 100 }, async (_, index) => {
    const { code } = await read(`caller-${index % 12}`, `full-${index}`)
    if (code === 'Unavailable') refused++
    return code
  })
  await expect.poll(() => ({ open: gate.open, refused }), { timeout: 20_000 }).toEqual({ open: 32, refused: 4 })
  gate.letGo()
  const codes = await Promise.all(calls)
  expect(gate.most).toBe(32)
  expect(codes.filter((code) => code === undefined)).toHaveLength(96)
})

test('who waits comes in turn: each caller’s first before anybody’s second', async () => {
  const admit = createAdmission({ atOnce: 2, each: 2, waiting: 7 })
  const { signal } = new AbortController()
  const [first] = await Promise.all([admit('busy', signal), admit('busy', signal)])
  const begun: string[] = []
  const comes = async (caller: string, name: string, leaves = signal) => {
    const end = await admit(caller, leaves)
    begun.push(name)
    end()
  }
  const leaving = new AbortController()
  const all = [
    ...['busy 1', 'busy 2', 'busy 3'].map((name) => comes('busy', name)),
    comes('other', 'other 1'),
    comes('gone', 'gone', leaving.signal).catch(({ code }) => code),
    comes('third', 'third 1'),
    comes('other', 'other 2'),
  ]
  await expect(comes('late', 'late')).rejects.toMatchObject({ code: 'Unavailable' })
  leaving.abort()
  first()
  expect(await Promise.all(all)).toContain('Cancelled')
  expect(begun).toEqual(['busy 1', 'other 1', 'third 1', 'busy 2', 'other 2', 'busy 3'])
})

test('long texts of one caller are read one after another, and stand before nobody else’s', async () => {
  const faults = `[${','.repeat(25_000)}`
  const ended: string[] = []
  const diff = async (user: string) => {
    const { output } = await mcp.call('k8s_diff', { content: faults }, by(user))
    expect(output).toMatch(/^InvalidArgument: content is not valid YAML: line 1, column 3: /)
    ended.push(user)
  }
  await Promise.all([...Array.from({ length: 4 }, () => diff('busy')), diff('other')])
  expect(ended.indexOf('other')).toBeLessThan(3)
})
