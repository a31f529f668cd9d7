import { randomBytes, randomInt } from 'node:crypto'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestMcp } from '../fixtures/mcp-server.fixture.ts'
import { type Place, proveWhatWasShown, writeToolNames } from '../fixtures/tools/prove-what-was-shown.fixture.ts'
import { makePod, containers as runningContainers } from '../fixtures/tools/simulated-pod.fixture.ts'
import { makeWorkload, untilObserved, workloadPath } from '../fixtures/tools/workloads.fixture.ts'
import { undoArgs } from '../fixtures/tools/write-tools.fixture.ts'

/** A call that has all it needs in the cluster once it is prepared. */
type Prepare = (place: Place) => Promise<{ args: Record<string, unknown>; cleanUp?: () => Promise<unknown> }>

/** Calls of a tool with random objects and values, whose needs are made past the product. */
type RandomCalls = {
  tool: string
  what: string
  calls: fc.Arbitrary<Prepare>
  /** Throws where the cluster lacks what these calls need. */
  needs?: (api: ApiServer) => void
}

let made = 0
const freshName = (prefix: string) => `${prefix}-${++made}`

const plain = { noNullPrototype: true } as const
const text = fc.oneof(fc.string({ maxLength: 24 }), fc.constantFrom('', '0', 'true', 'a: b', '- x\n', 'Grüße ☃', '~'))
const entries = fc.dictionary(fc.constantFrom('one', 'two', 'three', 'four.txt'), text, plain)
const labels = fc.dictionary(
  fc.constantFrom('a', 'b.example.com/c', 'tier', 'x-y/z'),
  fc.constantFrom('', 'x', 'y.z_1'),
  plain,
)
const annotations = fc.dictionary(fc.constantFrom('note', 'example.com/owner'), text, plain)
const head = fc.record({ labels, annotations }, { ...plain, requiredKeys: [] })

const image = fc.constantFrom('a:1', 'b:2', 'registry.example.com:5000/shop/web:1.2', `c@sha256:${'0f'.repeat(32)}`)
const containers = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('app', 'proxy', 'log'), { minLength: 1 }),
    fc.array(image, { minLength: 3, maxLength: 3 }),
  )
  .map(([names, images]) => names.map((name, index) => ({ name, image: images[index] ?? 'a:1' })))
const initContainers = fc.option(
  image.map((each) => [{ name: 'setup', image: each }]),
  { nil: undefined },
)
const kind = fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet')

async function workload(
  { api, namespace }: Place,
  of: Omit<Parameters<typeof makeWorkload>[2], 'name'>,
): Promise<{ name: string; cleanUp: () => Promise<unknown> }> {
  const name = freshName('work')
  await makeWorkload(api, namespace, { ...of, name })
  const { kind = 'Deployment' } = of
  await untilObserved(api, namespace, kind, name)
  return { name, cleanUp: () => api.request('DELETE', workloadPath(namespace, kind, name)) }
}

const scale = fc.record({ kind: fc.constantFrom('Deployment', 'StatefulSet'), from: fc.nat(2), to: fc.nat(2) }).map(
  ({ kind, from, to }): Prepare =>
    async (place) => {
      const { name, cleanUp } = await workload(place, { kind, spec: { replicas: from } })
      return { args: { name, resource_type: kind, replicas: to, namespace: place.namespace }, cleanUp }
    },
)

const setImage = fc
  .record({ kind, containers, initContainers, image, picks: fc.infiniteStream(fc.boolean()), isAll: fc.boolean() })
  .map(
    ({ kind, containers, initContainers, image, picks, isAll }): Prepare =>
      async (place) => {
        const { name, cleanUp } = await workload(place, { kind, containers, initContainers })
        const all = [...containers, ...(initContainers ?? [])]
        const [first, ...rest] = all
        const picked = [first, ...rest.filter(() => picks.next().value)]
        const container_images = isAll ? `*=${image}` : picked.map((each) => `${each?.name}=${image}`).join(',')
        return {
          args: { resource_name: name, resource_type: kind, container_images, namespace: place.namespace },
          cleanUp,
        }
      },
  )

const restart = fc.record({ kind, metadata: head }).map(
  ({ kind, metadata }): Prepare =>
    async (place) => {
      const { name, cleanUp } = await workload(place, { kind, metadata })
      return { args: { name, resource_type: kind, namespace: place.namespace }, cleanUp }
    },
)

const undo = fc.record({ kind, images: fc.uniqueArray(image, { minLength: 2, maxLength: 4 }), to: fc.nat() }).map(
  ({ kind, images, to }): Prepare =>
    async (place) => {
      const { api, namespace, mcp } = place
      const containersOf = (each = 'a:1') => [{ name: 'app', image: each }]
      const { name, cleanUp } = await workload(place, { kind, containers: containersOf(images[0]) })
      for (const each of images.slice(1)) {
        const patch = JSON.stringify({ spec: { template: { spec: { containers: containersOf(each) } } } })
        await mcp.approveAndRun('k8s_patch', { name, resource_type: kind, patch, namespace })
        await untilObserved(api, namespace, kind, name)
      }
      return { args: { name, resource_type: kind, to_revision: to % images.length, namespace }, cleanUp }
    },
)

const core = (namespace: string, plural: string, name?: string) =>
  `/api/v1/namespaces/${namespace}/${plural}${name === undefined ? '' : `/${name}`}`

async function simple({ api, namespace }: Place, plural: string, object: Record<string, unknown>) {
  const name = freshName('thing')
  const { metadata = {}, ...rest } = object as { metadata?: object }
  const { status, body } = await api.request('POST', core(namespace, plural), {
    ...rest,
    metadata: { ...metadata, name },
  })
  if (status !== 201) throw new Error(`${plural} ${name} not made: ${status} ${JSON.stringify(body)}`)
  return { name, cleanUp: () => api.request('DELETE', core(namespace, plural, name)) }
}

const change = fc.record(
  {
    data: fc.dictionary(fc.constantFrom('one', 'two', 'five'), fc.option(text), plain),
    metadata: fc.record(
      {
        labels: fc.dictionary(fc.constantFrom('a', 'tier'), fc.option(fc.constantFrom('x', '2')), plain),
        annotations: fc.dictionary(fc.constantFrom('note'), fc.option(text), plain),
        finalizers: fc.constantFrom(['example.com/hold'], []),
      },
      { ...plain, requiredKeys: [] },
    ),
  },
  plain,
)

const patchMap = fc
  .record({ metadata: head, data: entries, change, patch_type: fc.constantFrom('merge', 'strategic') })
  .map(
    ({ metadata, data, change, patch_type }): Prepare =>
      async (place) => {
        const { name, cleanUp } = await simple(place, 'configmaps', { metadata, data })
        const args = { name, resource_type: 'configmap', patch: JSON.stringify(change), patch_type }
        return { args: { ...args, namespace: place.namespace }, cleanUp }
      },
  )

const patchSecret = fc.record({ stringData: entries, change: entries }).map(
  ({ stringData, change }): Prepare =>
    async (place) => {
      const { name, cleanUp } = await simple(place, 'secrets', { stringData })
      const patch = JSON.stringify({ stringData: { ...change, more: 'a value of some length' } })
      return { args: { name, resource_type: 'secret', patch, namespace: place.namespace }, cleanUp }
    },
)

const patchJson = fc
  .record({
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    added: fc.integer({ min: 10, max: 19 }),
    at: fc.nat(),
    isRemoved: fc.boolean(),
  })
  .map(
    ({ ports, added, at, isRemoved }): Prepare =>
      async (place) => {
        const of = (port: number) => ({ name: `p${port}`, port })
        const { name, cleanUp } = await simple(place, 'services', {
          spec: { selector: { a: 'b' }, ports: ports.map(of) },
        })
        const index = at % ports.length
        const patch = [
          { op: 'test', path: '/spec/selector/a', value: 'b' },
          { op: 'add', path: `/spec/ports/${index}`, value: of(added) },
          ...(isRemoved ? [{ op: 'remove', path: `/spec/ports/${(at + 1) % (ports.length + 1)}` }] : []),
          { op: 'copy', from: '/spec/selector/a', path: '/spec/selector/b' },
        ]
        const args = { name, resource_type: 'service', patch: JSON.stringify(patch), patch_type: 'json' }
        return { args: { ...args, namespace: place.namespace }, cleanUp }
      },
  )

const patchWorkload = fc
  .record({
    kind,
    containers,
    env: fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'PASSWORD'), value: text }), {
      selector: ({ name }) => name,
      maxLength: 3,
    }),
    minReadySeconds: fc.nat(9),
    more: containers,
  })
  .map(
    ({ kind, containers, env, minReadySeconds, more }): Prepare =>
      async (place) => {
        const { name, cleanUp } = await workload(place, { kind, containers })
        const [first, ...rest] = more
        const patch = { spec: { minReadySeconds, template: { spec: { containers: [{ ...first, env }, ...rest] } } } }
        return {
          args: { name, resource_type: kind, patch: JSON.stringify(patch), namespace: place.namespace },
          cleanUp,
        }
      },
  )

const thing = fc.oneof(
  fc.record({ kind: fc.constant('ConfigMap'), metadata: head, data: entries }, plain),
  fc.record({ kind: fc.constant('Secret'), metadata: head, stringData: entries }, plain),
  fc.record(
    {
      kind: fc.constant('Service'),
      metadata: head,
      spec: fc.record({
        selector: fc.record({ app: fc.constantFrom('a', 'b') }),
        ports: fc.uniqueArray(
          fc.record({ port: fc.integer({ min: 1, max: 9 }) }).map(({ port }) => ({ name: `p${port}`, port })),
          { selector: ({ port }) => port, minLength: 1, maxLength: 3 },
        ),
      }),
    },
    plain,
  ),
)
const deployment = fc
  .record({ metadata: head, replicas: fc.nat(1), containers, tier: fc.constantFrom('web', 'api') })
  .map(({ metadata, replicas, containers, tier }) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: { app: 'slot' } },
      template: { metadata: { labels: { app: 'slot', tier } }, spec: { containers } },
    },
  }))
/** Two manifests of the same objects, so that an apply makes some, changes some and lets some fields go. */
const manifests = fc.uniqueArray(fc.record({ slot: fc.nat(2), thing: fc.oneof(thing, deployment) }), {
  selector: ({ slot, thing }) => `${thing.kind} ${slot}`,
  minLength: 1,
  maxLength: 3,
})

function contentOf(of: readonly { slot: number; thing: { kind: string; metadata?: object } }[], round: number): string {
  const items = of.map(({ slot, thing }) => ({
    apiVersion: 'v1',
    ...thing,
    metadata: { ...thing.metadata, name: `slot-${round}-${slot}` },
  }))
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}

const apply = fc.tuple(manifests, manifests).map(
  ([first, second]): Prepare =>
    async (place) => {
      const { namespace, mcp } = place
      const round = ++made
      await mcp.approveAndRun('k8s_apply', { content: contentOf(first, round), namespace })
      return { args: { content: contentOf(second, round), namespace }, cleanUp: () => removeSlots(place, round) }
    },
)

const revert = fc.tuple(manifests, manifests).map(
  ([first, second]): Prepare =>
    async (place) => {
      const { namespace, mcp } = place
      const round = ++made
      const begun = await mcp.approveAndRun('k8s_apply', { content: contentOf(first, round), namespace })
      const changed = await mcp.approveAndRun('k8s_apply', { content: contentOf(second, round), namespace })
      const [undone] = [changed, begun].flatMap(({ preview: { effect } }) => (effect?.objects.length ? [effect] : []))
      return { args: undoArgs(undone as Effect), cleanUp: () => removeSlots(place, round) }
    },
)

function removeSlots({ api, namespace }: Place, round: number): Promise<unknown> {
  const names = [0, 1, 2].map((slot) => `slot-${round}-${slot}`)
  const paths = names.flatMap((name) => [
    ...['configmaps', 'secrets', 'services'].map((plural) => core(namespace, plural, name)),
    workloadPath(namespace, 'Deployment', name),
  ])
  return Promise.all(paths.map((path) => api.request('DELETE', path)))
}

const schedulable = fc.boolean().map(
  (isCordoned): Prepare =>
    async ({ api, node }) => {
      const patch = { spec: { unschedulable: isCordoned } }
      await api.request('PATCH', `/api/v1/nodes/${node}`, patch, 'application/merge-patch+json')
      return { args: { node_name: node } }
    },
)

const propagation = fc.constantFrom('Background', 'Foreground', 'Orphan')

const deleteThing = fc.record({ thing: fc.constantFrom('configmaps', 'secrets', 'services'), propagation }).map(
  ({ thing, propagation }): Prepare =>
    async (place) => {
      const object = thing === 'services' ? { spec: { ports: [{ port: 80 }] } } : {}
      const [{ name }, other] = [await simple(place, thing, object), await simple(place, thing, object)]
      const args = { name, resource_type: thing, propagation_policy: propagation, namespace: place.namespace }
      return { args, cleanUp: other.cleanUp }
    },
)

const deleteWorkload = fc.record({ kind, propagation }).map(
  ({ kind, propagation }): Prepare =>
    async (place) => {
      const [{ name }, other] = [await workload(place, { kind }), await workload(place, { kind })]
      const args = { name, resource_type: kind, propagation_policy: propagation, namespace: place.namespace }
      return { args, cleanUp: other.cleanUp }
    },
)

/** Pods that stand on the node from their beginning, whatever keeps others from it. */
const drain = fc.record({ pods: fc.nat(2), isCordoned: fc.boolean() }).map(
  ({ pods, isCordoned }): Prepare =>
    async (place) => {
      const { api, namespace, node } = place
      const cordon = (unschedulable: boolean) =>
        api.request('PATCH', `/api/v1/nodes/${node}`, { spec: { unschedulable } }, 'application/merge-patch+json')
      await cordon(isCordoned)
      for (let count = 0; count < pods; count++) {
        const spec = { nodeName: node, tolerations: [{ operator: 'Exists' }], containers: runningContainers('app') }
        await makePod(api, namespace, { metadata: { name: freshName('pod') }, spec })
      }
      return { args: { node_name: node, force: true }, cleanUp: () => cordon(false) }
    },
)

/** A pod that runs and keeps what it is. */
async function aPod({ api, namespace }: Place) {
  const name = freshName('pod')
  await makePod(api, namespace, { metadata: { name }, spec: { containers: runningContainers('app') } })
  const path = `${core(namespace, 'pods', name)}?gracePeriodSeconds=0`
  return { name, cleanUp: () => api.request('DELETE', path) }
}

const exec = fc.array(text, { maxLength: 3 }).map(
  (words): Prepare =>
    async (place) => {
      const { name, cleanUp } = await aPod(place)
      const argv = ['echo', ...words.map((word) => word.replaceAll('\0', ''))]
      return { args: { pod_name: name, command: '', argv, namespace: place.namespace }, cleanUp }
    },
)

const portForward = fc.integer({ min: 1, max: 65_535 }).map(
  (port): Prepare =>
    async (place) => {
      const { name, cleanUp } = await aPod(place)
      return { args: { resource_name: name, ports: String(port), namespace: place.namespace }, cleanUp }
    },
)

const pinned = `c@sha256:${'0f'.repeat(32)}`

const debug = fc.array(fc.constantFrom('ls', '-x', 'a b')).map(
  (argv): Prepare =>
    async (place) => {
      const { name, cleanUp } = await aPod(place)
      return { args: { pod_name: name, image: pinned, argv, timeout_seconds: 1, namespace: place.namespace }, cleanUp }
    },
)

const checkConnectivity = fc
  .record({ host: fc.constantFrom('db', '10.0.0.1'), port: fc.integer({ min: 1, max: 65_535 }) })
  .map(
    (where): Prepare =>
      async (place) => {
        const { name, cleanUp } = await aPod(place)
        const args = { pod_name: name, image: pinned, ...where, timeout_seconds: 1, namespace: place.namespace }
        return { args, cleanUp }
      },
  )

const runPod = fc.record({ image, keep: fc.boolean(), argv: fc.array(fc.constantFrom('a', '-x', 'a b')) }).map(
  (args): Prepare =>
    async ({ api, namespace }) => {
      const name = freshName('run')
      const path = `${core(namespace, 'pods', name)}?gracePeriodSeconds=0`
      return { args: { name, ...args, timeout_seconds: 1, namespace }, cleanUp: () => api.request('DELETE', path) }
    },
)

const randomCalls: readonly RandomCalls[] = [
  { tool: 'k8s_scale', what: 'workloads', calls: scale },
  { tool: 'k8s_set_image', what: 'workloads', calls: setImage },
  { tool: 'k8s_patch', what: 'maps', calls: patchMap },
  { tool: 'k8s_patch', what: 'Secrets', calls: patchSecret },
  { tool: 'k8s_patch', what: 'lists, by operations', calls: patchJson },
  { tool: 'k8s_patch', what: 'workloads', calls: patchWorkload },
  { tool: 'k8s_apply', what: 'several objects', calls: apply },
  { tool: 'k8s_revert', what: 'of an apply', calls: revert },
  { tool: 'k8s_rollout_restart', what: 'workloads', calls: restart },
  { tool: 'k8s_rollout_undo', what: 'workloads', calls: undo, needs: requireControllers },
  { tool: 'k8s_cordon', what: 'a node', calls: schedulable },
  { tool: 'k8s_uncordon', what: 'a node', calls: schedulable },
  { tool: 'k8s_delete', what: 'maps, Secrets and Services', calls: deleteThing, needs: requireControllers },
  { tool: 'k8s_delete', what: 'workloads', calls: deleteWorkload, needs: requireControllers },
  { tool: 'k8s_drain', what: 'a node', calls: drain, needs: requireNodes },
  { tool: 'k8s_run_pod', what: 'that is left running', calls: runPod },
]

/** Nothing is run in the pods of the sandbox, nor do ports lead into them. */
const intoPods: readonly RandomCalls[] = [
  { tool: 'k8s_exec', what: 'a pod', calls: exec, needs: requireNodes },
  { tool: 'k8s_port_forward', what: 'a pod', calls: portForward, needs: requireNodes },
  { tool: 'k8s_debug', what: 'a pod', calls: debug, needs: requireNodes },
  { tool: 'k8s_check_connectivity', what: 'a pod', calls: checkConnectivity, needs: requireNodes },
]
const allCalls = isOnSandbox() ? randomCalls : [...randomCalls, ...intoPods]

const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))
const numRuns = process.env.FAIRLEAD_FULL === '1' ? 60 : 3

let place: Place
beforeAll(async () => {
  const api = await sharedApiServer()
  const namespace = await api.newNamespace('shown')
  const node = `shown-${randomBytes(4).toString('hex')}`
  const mcp = await startTestMcp(api.kubeconfig, { env: { MCP_DEFAULT_NAMESPACE: namespace, MCP_TOOLSETS: 'all' } })
  place = { api, namespace, node, mcp }
  const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]
  await api.request('POST', '/api/v1/nodes', { metadata: { name: node }, spec: { taints } })
})
afterAll(async () => {
  await place?.api.request('DELETE', `/api/v1/nodes/${place.node}`)
  await place?.api.request('DELETE', `/api/v1/namespaces/${place.namespace}`)
  await place?.mcp.close()
})

describe(`what was shown (FAIRLEAD_SEED=${seed})`, () => {
  it('every write tool that changes objects is proved here', () => {
    const proved = new Set([...randomCalls, ...intoPods].map(({ tool }) => tool))
    expect([...proved].toSorted()).toEqual(writeToolNames.toSorted())
  })

  it.each(allCalls)(
    '$tool ($what) does exactly what was shown, is verified, and is taken back by its undo where it has one',
    async ({ calls, tool, needs }) => {
      needs?.(place.api)
      await fc.assert(
        fc.asyncProperty(calls, async (prepare) => {
          const { args, cleanUp } = await prepare(place)
          await proveWhatWasShown(tool, args, place)
          await cleanUp?.()
        }),
        { numRuns, seed },
      )
    },
    numRuns * 60_000,
  )
})
