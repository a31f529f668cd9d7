import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { makeStuckDeployment } from '../fixtures/tools/workloads.fixture.ts'

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('verify')
  mcp = await startTestMcp(cluster.kubeconfig, { env: { MCP_IDENTITY: 'impersonate' } })
})
afterAll(() => mcp?.close())

/** One caller's way through preview, approval and execution. */
async function approve(name: string, args: Record<string, unknown>, user: Record<string, string>) {
  const preview = await mcp.preview(name, args, user)
  expect(preview).toMatchObject({ error: false })
  const act = { sub: 'ada@example.com', groups: ['system:masters'] }
  const grant = mcp.engine.grant({ tool: name, args, preview }, { claims: { act } })
  expect(await mcp.call(name, args, { ...user, [metaKeys.grant]: grant })).toMatchObject({ outcome: 'succeeded' })
  const { effect, effect_digest } = preview
  const objects = effect?.objects.map(({ diff: _, ...object }) => object)
  return (as: Record<string, string>) =>
    mcp.call(name, args, {
      ...as,
      [metaKeys.verify]: { effect_digest, objects, pins: effect?.pins, wait_seconds: 0 },
    })
}
const admin = () => ({ [metaKeys.identity]: mcp.engine.identity('ada@example.com', ['system:masters']) })

test('a Pod with volumes of its own is as approved, the token that admission mounts beside them notwithstanding', async () => {
  const container = (name: string) => ({
    name,
    image: 'nginx:1.27',
    volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
  })
  const content = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'mounted' },
    spec: { volumes: [{ name: 'scratch', emptyDir: {} }], containers: [container('a'), container('b')] },
  })
  const verify = await approve('k8s_apply', { content, namespace }, admin())
  const { body } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/pods/mounted`)
  expect((body as { spec: { volumes: unknown[] } }).spec.volumes).toHaveLength(2)
  const { verification } = await verify(admin())
  expect(verification).toMatchObject({ verdict: 'as_approved', objects: [{ at: 'after', differences: [] }] })
})

test('who may not read it back is told that it is unreadable, and so is nobody who may', async () => {
  const content = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'seen' }, data: { a: 'b' } })
  const verify = await approve('k8s_apply', { content, namespace }, admin())
  const stranger = { [metaKeys.identity]: mcp.engine.identity('eve@example.com') }
  const { output, error, verification } = await verify(stranger)
  expect({ error, verification }).toMatchObject({
    error: false,
    verification: { verdict: 'unreadable', objects: [{ verdict: 'unreadable', differences: [] }] },
  })
  expect(output).toContain(`ConfigMap ${namespace}/seen unreadable: Forbidden: `)
  expect((await verify(admin())).verification).toMatchObject({ verdict: 'as_approved' })
})

test('a rollout that hangs is not done yet, and the worst of its pods says why', async () => {
  requireControllers(cluster)
  await makeStuckDeployment(cluster, namespace, 'stuck')
  const verify = await approve('k8s_rollout_restart', { name: 'stuck', namespace }, admin())
  const stuck = /^Deployment .*\/stuck not yet: Waiting: .*; pod "stuck-[^"]+": (Unschedulable|Pending)/m
  await expect.poll(async () => (await verify(admin())).output, { timeout: 10_000 }).toMatch(stuck)
  expect((await verify(admin())).verification).toMatchObject({ verdict: 'not_yet', objects: [{ at: 'after' }] })
})
