import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { metaKeys } from '@fairlead/contract/tool-meta'
import type { ApiServer } from '@fairlead/testing/api-server'
import { sharedApiServer } from '@fairlead/testing/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from './mcp-server.fixture.ts'
import { startRecordingProxy } from './recording-proxy.fixture.ts'

let cluster: ApiServer
let folder: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  folder = await mkdtemp(join(tmpdir(), 'fairlead-busy-'))
  proxy = await startRecordingProxy(cluster, join(folder, 'proxied'))
  mcp = await startTestMcp(proxy.kubeconfig)
  await mcp.call('k8s_get', { resource_type: 'configmaps', name: 'warm' })
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
  await rm(folder, { recursive: true, force: true })
})

test('a caller with forty slow calls has eight of them under way, and stands in nobody’s way', async () => {
  /** Objects that were asked for and not answered yet. */
  const held = new Set<string>()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  proxy.interfere(async ({ path }) => {
    const [of] = /(?:ada|bob)-\d+/.exec(path) ?? []
    if (of === undefined) return
    held.add(of)
    await released
  })
  const underWay = (user: string) => [...held].filter((name) => name.startsWith(user)).length
  const ask = (user: string, number: number) =>
    mcp.call(
      'k8s_get',
      { resource_type: 'configmaps', name: `${user}-${number}`, namespace: 'default' },
      { [metaKeys.identity]: mcp.engine.identity(user) },
    )
  const asked = Array.from({ length: 40 }, (_, number) => ask('ada', number))
  await expect.poll(() => underWay('ada')).toBe(8)
  asked.push(...Array.from({ length: 5 }, (_, number) => ask('bob', number)))
  await expect.poll(() => underWay('bob')).toBe(5)
  expect(underWay('ada')).toBe(8)
  const health = await fetch(new URL('/health', mcp.url))
  expect(await health.json()).toEqual({ status: 'ok' })
  release()
  for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ code: 'NotFound' })
  expect(underWay('ada')).toBe(40)
})
