import { createHmac, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Args, type GrantChanges, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { kubernetes } from './family.ts'
import { containers, makePod, runningIfItCan } from './fixtures/simulated-pod.fixture.ts'
import { makeWorkload, untilObserved, workloadPath } from './fixtures/workloads.fixture.ts'

const names = kubernetes.tools.filter(({ changes }) => changes !== 'nothing').map(({ name }) => name)
const node = `node-${randomBytes(4).toString('hex')}`
const closed = `${node}-closed`

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
/** What each tool could do here; the first argument names what it would be done to. */
let calls: Record<string, Args>

beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('writes')
  proxy = await startRecordingProxy(cluster)
  mcp = await startTestMcp(proxy.kubeconfig)
  const core = `/api/v1/namespaces/${namespace}`
  const made = await cluster.request('POST', `${core}/configmaps`, { metadata: { name: 'settings' }, data: { a: 'b' } })
  const { uid } = (made.body as { metadata: { uid: string } }).metadata
  // Nobody's pods come to it.
  const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]
  await cluster.request('POST', '/api/v1/nodes', { metadata: { name: node }, spec: { taints } })
  const closing = { metadata: { name: closed }, spec: { taints, unschedulable: true } }
  await cluster.request('POST', '/api/v1/nodes', closing)
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', uid, controller: true }]
  const onNode = { nodeName: node, tolerations: [{ operator: 'Exists' }], containers: containers('app') }
  const guests = ['guest-1', 'guest-2'].map((name) => ({ metadata: { name, ownerReferences }, spec: onNode }))
  const makeGuest = (each: (typeof guests)[number] | ReturnType<typeof pod>) =>
    makePod(cluster, namespace, each, runningIfItCan(cluster))
  await Promise.all([makeTwoRevisions(), ...[pod('shell'), ...guests].map(makeGuest)])
  const web = { name: 'web', resource_type: 'deployment', namespace }
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'c' } }
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings', uid }
  calls = {
    k8s_apply: { content: JSON.stringify(settings), namespace, force_conflicts: true },
    k8s_patch: { ...web, patch: '{"metadata":{"labels":{"tier":"front"}}}' },
    k8s_revert: { changes: JSON.stringify([{ ref, patch: [{ op: 'replace', path: '/data/a', value: 'c' }] }]) },
    k8s_scale: { ...web, replicas: 2 },
    k8s_set_image: { resource_name: 'web', resource_type: 'deployment', container_images: 'app=web:9', namespace },
    k8s_rollout_restart: web,
    k8s_rollout_undo: web,
    k8s_delete: { ...web, propagation_policy: 'Foreground' },
    k8s_cordon: { node_name: node },
    k8s_uncordon: { node_name: closed },
    k8s_drain: { node_name: node },
    k8s_exec: { pod_name: 'shell', command: 'touch x', namespace },
    k8s_run_pod: { name: 'runner', image: 'busybox:1', namespace },
    k8s_port_forward: { resource_name: 'shell', ports: '8080', namespace },
  }
})
afterAll(async () => {
  for (const name of [node, closed]) await cluster?.request('DELETE', `/api/v1/nodes/${name}`)
  await mcp?.close()
  await proxy?.close()
})
beforeEach(() => {
  proxy.seen.length = 0
})

const pod = (name: string) => ({ metadata: { name }, spec: { containers: containers('app') } })

async function makeTwoRevisions(): Promise<void> {
  await makeWorkload(cluster, namespace, { name: 'web', containers: [{ name: 'app', image: 'web:1' }] })
  await untilObserved(cluster, namespace, 'Deployment', 'web')
  const template = { spec: { containers: [{ name: 'app', image: 'web:2' }] } }
  const path = workloadPath(namespace, 'Deployment', 'web')
  await cluster.request('PATCH', path, { spec: { template } }, 'application/strategic-merge-patch+json')
  await untilObserved(cluster, namespace, 'Deployment', 'web')
}

/** Everything that a call might have touched, by its version; of the node what is wanted of it, as its state moves. */
async function versions(): Promise<unknown> {
  const paths = [
    `/api/v1/namespaces/${namespace}/configmaps`,
    `/api/v1/namespaces/${namespace}/pods`,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `/apis/apps/v1/namespaces/${namespace}/replicasets`,
  ]
  const lists = await Promise.all(paths.map((path) => cluster.request('GET', path)))
  const objects = lists.flatMap(({ body }) => (body as { items: { metadata: object }[] }).items)
  const nodes = await Promise.all([node, closed].map((name) => cluster.request('GET', `/api/v1/nodes/${name}`)))
  const wanted = nodes.map(({ body }) => {
    const { metadata, spec } = body as { metadata: { uid: string }; spec: { unschedulable?: boolean } }
    return [metadata.uid, spec.unschedulable]
  })
  return [objects.map((each) => each.metadata), wanted]
}

test('every write tool is here', () => {
  expect(Object.keys(calls).toSorted()).toEqual(names.toSorted())
})

/** What a restart would change, whenever: each preview pins its own time. */
function withoutTime(effect: ToolAnswer['effect']): string {
  const { restartedAt: time } = effect?.pins ?? {}
  expect(time).toEqual(expect.any(String))
  return JSON.stringify(effect).replaceAll(String(time), '')
}

describe('a preview', () => {
  test.each(names)('of %s is the same however it is asked for, and writes nothing', async (name) => {
    if (['k8s_exec', 'k8s_port_forward'].includes(name)) requireNodes(cluster)
    if (name === 'k8s_rollout_undo') requireControllers(cluster)
    const args = calls[name] ?? {}
    const before = await versions()
    const previews: ToolAnswer[] = []
    for (const [dryRun, meta] of [
      [{}, { [metaKeys.preview]: true }],
      [{ dry_run: true }, {}],
      [{ dry_run: true }, { [metaKeys.preview]: true }],
      [{}, { [metaKeys.preview]: true }],
    ])
      previews.push(await mcp.call(name, { ...args, ...dryRun }, meta))
    for (const { error, output, dry_run } of previews) expect([error, dry_run], output).toEqual([false, true])
    const [first] = previews
    expect(first?.effect?.objects.map(({ kind }) => kind)).toEqual(
      name === 'k8s_drain' ? ['Node', 'Pod', 'Pod'] : [expect.any(String)],
    )
    const isPinnedToTime = name === 'k8s_rollout_restart'
    const digests = new Set(
      previews.map(({ effect_digest, effect }) => (isPinnedToTime ? withoutTime(effect) : effect_digest)),
    )
    expect(digests.size).toBe(1)
    expect(new Set(previews.map(({ args_digest }) => args_digest)).size).toBe(1)
    expect(proxy.writes()).toEqual([])
    expect(await versions()).toEqual(before)
  })
})

describe('without a grant that permits it', () => {
  const seconds = () => Math.floor(Date.now() / 1000)
  const shown: ToolAnswer = {
    output: '',
    error: false,
    effect_digest: 'a'.repeat(64),
    effect: { summary: '', risk: 'low', reasons: [], basis: 'server', objects: [], generated: [], pins: {} },
  }
  const grant = (tool: string, changes?: GrantChanges) =>
    mcp.engine.grant({ tool, args: calls[tool] ?? {}, preview: shown }, changes)
  /** As who takes the public key for a secret would have it. */
  const signedByPublicKey = async (tool: string): Promise<string> => {
    const { keys } = JSON.parse(await readFile(mcp.engine.keysFile, 'utf8'))
    const [, claims] = grant(tool).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'k1' })).toString('base64url')
    const input = `${header}.${claims}`
    return `${input}.${createHmac('sha256', Buffer.from(keys[0].x, 'base64url')).update(input).digest('base64url')}`
  }
  const flipped = (token: string): string => {
    const [header, claims, signature = ''] = token.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    bytes[0] = (bytes[0] ?? 0) ^ 1
    return `${header}.${claims}.${bytes.toString('base64url')}`
  }
  const forgeries: [what: string, why: string, grant: (tool: string) => unknown, change?: 'changed' | 'added'][] = [
    ['no grant', 'missing', () => undefined],
    ['a flipped byte', 'bad_signature', (tool) => flipped(grant(tool))],
    ['no algorithm', 'malformed', (tool) => grant(tool, { header: { alg: 'none' } })],
    ['the public key as a secret', 'malformed', signedByPublicKey],
    ['an unknown key', 'unknown_key', (tool) => grant(tool, { header: { kid: 'k2' } })],
    ['another audience', 'wrong_audience', (tool) => grant(tool, { claims: { aud: 'other' } })],
    ['expired', 'expired', (tool) => grant(tool, { claims: { iat: seconds() - 91, exp: seconds() - 31 } })],
    ['a life of 61 s', 'malformed', (tool) => grant(tool, { claims: { iat: seconds(), exp: seconds() + 61 } })],
    ['another tool', 'wrong_tool', (tool) => grant(tool, { claims: { tool: 'helm_install' } })],
    ['an argument changed', 'wrong_arguments', grant, 'changed'],
    ['an argument added', 'wrong_arguments', grant, 'added'],
    ['another user', 'wrong_identity', grant],
  ]
  const argsOf = (tool: string, change: 'changed' | 'added' | undefined): Args => {
    const args = calls[tool] ?? {}
    const [[first, value] = ['', '']] = Object.entries(args)
    if (change === 'changed') return { ...args, [first]: `${value}2` }
    return change === 'added' ? { ...args, dry_run: false } : args
  }

  test.each(names)('%s asks the API server nothing at all', async (name) => {
    for (const [what, why, forged, change] of forgeries) {
      const token = await forged(name)
      const answer = await mcp.call(name, argsOf(name, change), {
        ...(token !== undefined && { [metaKeys.grant]: token }),
        ...(why === 'wrong_identity' && { [metaKeys.identity]: mcp.engine.identity('eve@example.com', ['sre']) }),
      })
      expect(answer, what).toMatchObject({ error: true, code: 'Refused', data: { grant_error: why } })
    }
    expect(proxy.seen).toEqual([])
  })
})
