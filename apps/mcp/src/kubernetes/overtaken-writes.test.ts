import { randomBytes } from 'node:crypto'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type ApiServerProxy, type ProxiedRequest, startApiServerProxy } from '@fairlead/testing/cluster/fault-proxy'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../effect/kube-object.ts'
import { makeWorkload, untilObserved, workloadPath } from '../fixtures/tools/workloads.fixture.ts'
import { writeTools } from '../fixtures/tools/write-tools.fixture.ts'
import type { Arguments, WriteTool } from '../tool/define-tool.ts'
import { k8sApply } from './write/apply.ts'
import { k8sCordon } from './write/cordon.ts'
import { k8sDelete } from './write/delete.ts'
import { k8sPatch } from './write/patch.ts'
import { k8sRevert } from './write/revert.ts'
import { k8sRolloutRestart } from './write/rollout-restart.ts'
import { k8sRolloutUndo } from './write/rollout-undo.ts'
import { k8sRunPod } from './write/run-pod.ts'
import { k8sScale } from './write/scale.ts'
import { k8sSetImage } from './write/set-image.ts'
import { k8sUncordon } from './write/uncordon.ts'

let api: ApiServer
let proxy: ApiServerProxy
let namespace: string
let node: string
let tools: ReturnType<typeof writeTools>

beforeAll(async () => {
  api = await sharedApiServer()
  proxy = await startApiServerProxy(api)
})
afterAll(() => proxy.close())
beforeEach(async () => {
  namespace = await api.newNamespace('overtaken')
  node = `node-${randomBytes(4).toString('hex')}`
  tools = writeTools({ kubeconfig: proxy.kubeconfig, namespace })
  proxy.interfere(() => ({ do: 'pass' }))
  return async () => {
    await api.request('DELETE', `/api/v1/nodes/${node}`)
    await tools.close()
  }
})

/** Something to write to: where it is, and how it is made, once more under its name too. */
type Kind = { path(): string; make(): Promise<unknown> }

const configMaps = () => `/api/v1/namespaces/${namespace}/configmaps`
const settings: Kind = {
  path: () => `${configMaps()}/settings`,
  make: () => made('POST', configMaps(), { metadata: { name: 'settings' }, data: { a: '1' } }),
}
const deployment: Kind = {
  path: () => workloadPath(namespace, 'Deployment', 'web'),
  async make() {
    await makeWorkload(api, namespace, { name: 'web' })
    await untilObserved(api, namespace, 'Deployment', 'web')
  },
}
const ofTwoRevisions: Kind = {
  path: deployment.path,
  async make() {
    requireControllers(api)
    await deployment.make()
    const template = { spec: { containers: [{ name: 'app', image: 'nginx:1.28' }] } }
    await made('PATCH', deployment.path(), { spec: { template } }, 'application/strategic-merge-patch+json')
    await untilObserved(api, namespace, 'Deployment', 'web')
  },
}
const nodeThat = (spec: object): Kind => ({
  path: () => `/api/v1/nodes/${node}`,
  // Nobody's pods come to it.
  make: () => made('POST', '/api/v1/nodes', { metadata: { name: node }, spec: { ...spec, taints } }),
})
const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]

async function made(method: string, path: string, body: unknown, contentType?: string): Promise<KubeObject> {
  const answer = await api.request(method, path, body, contentType)
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body as KubeObject
}
async function live({ path }: Kind): Promise<KubeObject> {
  const { status, body } = await api.request('GET', path())
  expect(status).toBe(200)
  return body as KubeObject
}
async function remove({ path }: Kind): Promise<void> {
  await api.request('DELETE', `${path()}?gracePeriodSeconds=0`)
  await expect.poll(async () => (await api.request('GET', path())).status, { timeout: 10_000 }).toBe(404)
}
/** Which object it is, whether it is to stay, and what of it this server has written. */
function marksOf({ metadata }: KubeObject) {
  const ownEntries = (metadata.managedFields ?? []).filter(({ manager }) => manager?.startsWith('fairlead'))
  return { uid: metadata.uid, deleted: metadata.deletionTimestamp, ownEntries }
}
const isWrite = ({ method, path }: ProxiedRequest) =>
  method !== 'GET' && !path.includes('dryRun=All') && !/reviews(\?|$)/.test(path)

/** Does it when the first write is on its way, which then goes on; tells how many were sent in all. */
function justBeforeTheWrite(act: () => Promise<unknown>): () => number {
  let writes = 0
  proxy.interfere(async (request) => {
    if (isWrite(request) && writes++ === 0) await act()
    return { do: 'pass' }
  })
  return () => writes
}

const web = { name: 'web', resource_type: 'deployment' }
const map = { name: 'settings', resource_type: 'configmap' }
const manifest = JSON.stringify({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { a: '2' },
})
const patched = (patch: unknown, patch_type: string) => ({ ...map, patch: JSON.stringify(patch), patch_type })
const ref = () => ({ cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' })
const reverted = (how: object) => ({ changes: JSON.stringify([{ ref: ref(), ...how }]) })

const cases: [what: string, kind: Kind, tool: WriteTool, args: () => Arguments][] = [
  ['an apply', settings, k8sApply, () => ({ content: manifest, force_conflicts: true })],
  ['a strategic patch', settings, k8sPatch, () => patched({ data: { a: '2' } }, 'strategic')],
  ['a merge patch', settings, k8sPatch, () => patched({ data: { a: '2' } }, 'merge')],
  ['a JSON patch', settings, k8sPatch, () => patched([{ op: 'replace', path: '/data/a', value: '2' }], 'json')],
  ['a label', settings, k8sPatch, () => patched({ metadata: { labels: { tier: 'front' } } }, 'strategic')],
  ['an annotation', settings, k8sPatch, () => patched({ metadata: { annotations: { note: 'x' } } }, 'merge')],
  ['a reversion', settings, k8sRevert, () => reverted({ patch: [{ op: 'replace', path: '/data/a', value: '2' }] })],
  ['a reversion that deletes', settings, k8sRevert, () => reverted({ delete: true })],
  ['a deletion', settings, k8sDelete, () => map],
  ['a scale', deployment, k8sScale, () => ({ ...web, replicas: 2 })],
  [
    'an image',
    deployment,
    k8sSetImage,
    () => ({ resource_name: 'web', resource_type: 'deployment', container_images: 'app=nginx:2' }),
  ],
  ['a restart', deployment, k8sRolloutRestart, () => web],
  ['a rollout undo', ofTwoRevisions, k8sRolloutUndo, () => web],
  ['a cordon', nodeThat({}), k8sCordon, () => ({ node_name: node })],
  ['an uncordon', nodeThat({ unschedulable: true }), k8sUncordon, () => ({ node_name: node })],
]

describe.each(cases)('%s', (_, kind, tool, args) => {
  const approved = async () => {
    await kind.make()
    return tools.preview(tool, args())
  }

  it('is stale when its object is deleted under it, and makes none anew', async () => {
    const preview = await approved()
    const writes = justBeforeTheWrite(() => remove(kind))
    const answer = await tools.run(tool, args(), preview)
    expect(answer).toMatchObject({ error: true, outcome: 'stale', code: 'Stale', objects: [] })
    expect(writes()).toBe(1)
    expect((await api.request('GET', kind.path())).status).toBe(404)
  })

  it('is stale when its object is made again under it, and leaves the other one as it is', async () => {
    const preview = await approved()
    const another = Promise.withResolvers<KubeObject>()
    const writes = justBeforeTheWrite(async () => {
      await remove(kind)
      await kind.make()
      another.resolve(await live(kind))
    })
    const answer = await tools.run(tool, args(), preview)
    expect(answer).toMatchObject({ error: true, outcome: 'stale', code: 'Stale', objects: [] })
    expect(writes()).toBe(1)
    const { uid } = (await another.promise).metadata
    expect(uid).not.toBe(preview.effect.objects[0]?.uid)
    expect(marksOf(await live(kind))).toEqual({ uid, deleted: undefined, ownEntries: [] })
  })
})

const creations: [what: string, kind: Kind, tool: WriteTool, args: () => Arguments][] = [
  ['an apply', settings, k8sApply, () => ({ content: manifest, force_conflicts: true })],
  ['a reversion', settings, k8sRevert, () => reverted({ create: JSON.parse(manifest) })],
  [
    'a run of a pod',
    {
      path: () => `/api/v1/namespaces/${namespace}/pods/runner`,
      make: () =>
        made('POST', `/api/v1/namespaces/${namespace}/pods`, {
          metadata: { name: 'runner' },
          spec: { containers: [{ name: 'app', image: 'nginx' }], nodeSelector: { nowhere: 'yes' } },
        }),
    },
    k8sRunPod,
    () => ({ name: 'runner', image: 'busybox:1' }),
  ],
]

describe.each(creations)('%s that makes an object', (_, kind, tool, args) => {
  it('is stale when the name comes into being under it, and leaves what has it as it is', async () => {
    const preview = await tools.preview(tool, args())
    const another = Promise.withResolvers<KubeObject>()
    const writes = justBeforeTheWrite(async () => {
      await kind.make()
      another.resolve(await live(kind))
    })
    const answer = await tools.run(tool, args(), preview)
    expect(answer).toMatchObject({ error: true, outcome: 'stale', code: 'Stale', objects: [] })
    expect(writes()).toBe(1)
    const { uid } = (await another.promise).metadata
    expect(marksOf(await live(kind))).toEqual({ uid, deleted: undefined, ownEntries: [] })
  })
})
