import { randomInt } from 'node:crypto'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditLines, startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { typedBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { flag, letters, noNamespace, noType } from '../../fixtures/tools/sentences.fixture.ts'
import { rolloutVerdict } from '../../fixtures/tools/workloads.fixture.ts'
import { k8sScale } from './scale.ts'

describeTool(k8sScale, {
  minimal: { resource_type: 'deployment', name: 'web', replicas: 2 },
  good: ({ namespace }) => ({ name: 'web', resource_type: 'deployment', namespace, replicas: 2 }),
  names: typedBy('name', 'scale'),
  bad: [
    ['plain word', { name: '--help' }, flag('name')],
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['type', { resource_type: 'deployment/web' }, noType('deployment/web')],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { replicas: -3 }, 'replicas must be between 0 and 10000, got -3.'],
    ['number, a fraction', { replicas: 1.5 }, 'replicas must be an integer between 0 and 10000, got 1.5.'],
    ['bool', { dry_run: 'yes' }, 'dry_run must be true or false, got "yes".'],
  ],
})

let cluster: ApiServer
let mcp: TestMcp
let namespace: string

beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('scale')
  mcp = await startTestMcp(cluster.kubeconfig)
})
afterAll(() => mcp?.close())

async function deploy(name: string, replicas = 1, extra: Record<string, unknown> = {}) {
  const { status, body } = await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name, ...extra },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'nginx:1.27' }] } },
    },
  })
  expect(status, JSON.stringify(body)).toBe(201)
}
const replicasOf = async (name: string) =>
  (await cluster.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)).body as {
    spec: { replicas: number }
  }

test('a preview shows the change, whichever way it is asked for, and writes nothing', async () => {
  await deploy('shown', 3)
  const args = { name: 'shown', resource_type: 'deployment', replicas: 5, namespace }
  const byMeta = await mcp.preview('k8s_scale', args)
  expect(byMeta).toMatchObject({
    error: false,
    dry_run: true,
    namespace,
    cluster: 'default',
    effect: {
      summary: `Scale shown 3 → 5 in ${namespace}`,
      risk: 'low',
      basis: 'server',
      objects: [
        {
          kind: 'Deployment',
          name: 'shown',
          action: 'update',
          changes: [{ path: '/spec/replicas', before: 3, after: 5 }],
        },
      ],
      pins: { cluster_uid: expect.any(String) },
      undo: { tool: 'k8s_scale', args: { ...args, replicas: 3 } },
    },
  })
  const byArgument = await mcp.call('k8s_scale', { ...args, dry_run: true })
  const byBoth = await mcp.preview('k8s_scale', { ...args, dry_run: true })
  expect(byArgument.effect_digest).toBe(byMeta.effect_digest)
  expect(byBoth.effect_digest).toBe(byMeta.effect_digest)
  expect((await replicasOf('shown')).spec.replicas).toBe(3)
})

test('an approved scale is done once, verified, and found in the audit log under its call', async () => {
  const replicas = randomInt(2, 6)
  await deploy('done')
  const args = { name: 'done', resource_type: 'deploy', replicas, namespace }
  const shown = await mcp.preview('k8s_scale', args)
  const grant = mcp.engine.grant(
    { tool: 'k8s_scale', args, preview: shown },
    { claims: { call_id: `call_${namespace}` } },
  )
  const result = await mcp.call('k8s_scale', args, { [metaKeys.grant]: grant })
  expect(result).toMatchObject({
    error: false,
    outcome: 'succeeded',
    output: `deployment.apps/done scaled 1 -> ${replicas}`,
    objects: [{ outcome: 'succeeded', ref: { kind: 'Deployment', name: 'done', uid: expect.any(String) } }],
  })
  expect((await replicasOf('done')).spec.replicas).toBe(replicas)
  const { verdict, seconds } = rolloutVerdict(cluster)
  const verified = await mcp.verify('k8s_scale', args, shown, seconds)
  expect(verified.verification).toMatchObject({ verdict, objects: [{ at: 'after', differences: [] }] })
  // Of the version that was read: one that a controller overtook is refused, and tried again.
  const writesLogged = () => auditLines(cluster.auditLog, `call/call_${namespace}`)
  const taken = () => writesLogged().filter(({ responseStatus }) => responseStatus.code !== 409)
  await expect.poll(() => taken().map(({ verb, responseStatus: { code } }) => [verb, code])).toEqual([['patch', 200]])
}, 60_000)
