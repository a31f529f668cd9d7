import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { strategicMerge } from './strategic-merge.ts'
import type { TypeSchema } from './type-schema.ts'

let api: ApiServer
let type: TypeSchema
let path: string
beforeAll(async () => {
  api = await sharedApiServer()
  path = `/apis/apps/v1/namespaces/${await api.newNamespace('strategic')}/deployments`
  const { body } = await api.request('GET', '/openapi/v3/apis/apps/v1')
  const definitions = (body as { components: { schemas: TypeSchema['definitions'] } }).components.schemas
  type = { root: definitions['io.k8s.api.apps.v1.Deployment'] ?? {}, definitions, isBuiltIn: true }
})
afterAll(() => api?.request('DELETE', path))

const labels = { app: 'x' }
const container = (name: string, more: object = {}) => ({ name, image: `${name}:1`, ...more })
const deployment = {
  metadata: { name: 'x', labels: { a: '1', b: '2' }, finalizers: ['f.io/a', 'f.io/b'] },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          container('one', {
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            args: ['x', 'y'],
          }),
          container('two', { ports: [{ containerPort: 80 }, { containerPort: 81 }] }),
          container('three'),
        ],
        tolerations: [{ key: 'a', operator: 'Exists' }],
        nodeSelector: { a: '1' },
      },
    },
  },
}
const inPod = (spec: object) => ({ spec: { template: { spec } } })

const name = fc.constantFrom('one', 'two', 'three', 'four', 'five')
const env = fc.uniqueArray(
  fc.oneof(
    fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom('1', '2') }, { noNullPrototype: true }),
    fc.record({ name: fc.constantFrom('A', 'B'), $patch: fc.constant('delete') }, { noNullPrototype: true }),
  ),
  { selector: (each) => each.name, maxLength: 3 },
)
const change = fc.record(
  {
    name,
    image: fc.constantFrom('n:1', 'n:2'),
    env,
    args: fc.array(fc.constantFrom('p', 'q'), { maxLength: 2 }),
    ports: fc.uniqueArray(
      fc.record(
        { containerPort: fc.constantFrom(80, 81, 82), name: fc.constantFrom('w', 'v') },
        { requiredKeys: ['containerPort'], noNullPrototype: true },
      ),
      { selector: (each) => each.containerPort, maxLength: 2 },
    ),
  },
  { requiredKeys: ['name', 'image'], noNullPrototype: true },
)
const removed = fc.record(
  { name: fc.constantFrom('two', 'three'), $patch: fc.constant('delete') },
  { noNullPrototype: true },
)
const containers = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: change }, { weight: 1, arbitrary: removed }), {
  selector: (each) => each.name,
  minLength: 1,
  maxLength: 4,
})
const patch = fc.record(
  {
    metadata: fc.record(
      {
        labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.constantFrom('1', '2')), {
          noNullPrototype: true,
        }),
        finalizers: fc.uniqueArray(fc.constantFrom('f.io/a', 'f.io/c'), { maxLength: 2 }),
        '$deleteFromPrimitiveList/finalizers': fc.constant(['f.io/b']),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    spec: containers.map((each) => inPod({ containers: each }).spec),
  },
  { requiredKeys: [], noNullPrototype: true },
)

type Compared = typeof deployment & { spec: { strategy?: unknown } }

/** As a dry run of the server has it, compared where a default of the server cannot hide a difference. */
const compared = (object: unknown) => {
  const { metadata, spec } = object as Compared
  const pod = spec.template.spec
  return {
    labels: metadata.labels ?? {},
    finalizers: metadata.finalizers ?? [],
    nodeSelector: pod.nodeSelector,
    tolerations: pod.tolerations,
    strategy: spec.strategy,
    containers: pod.containers.map(
      (each: {
        name: string
        image: string
        env?: object[]
        args?: string[]
        ports?: { containerPort: number; name?: string }[]
      }) => ({
        name: each.name,
        image: each.image,
        env: each.env ?? [],
        args: each.args ?? [],
        ports: (each.ports ?? []).map((port) => [port.containerPort, port.name]),
      }),
    ),
  }
}

it('makes of a patch what the API server makes of it', { timeout: 60_000 }, async () => {
  const made = await api.request('POST', path, deployment)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  const live = made.body
  const send = (body: unknown) =>
    api.request('PATCH', `${path}/x?dryRun=All&fieldValidation=Strict`, body, 'application/strategic-merge-patch+json')
  const check = async (body: Record<string, unknown>) => {
    const answer = await send(body)
    if (answer.status !== 200) return
    expect(compared(strategicMerge(live, body, type))).toEqual(compared(answer.body))
  }
  for (const example of [
    inPod({ containers: [container('new')] }),
    inPod({
      containers: [
        { name: 'three', image: 'z' },
        { name: 'one', image: 'z' },
      ],
    }),
    inPod({ containers: [container('only'), { $patch: 'replace' }] }),
    inPod({ '$setElementOrder/containers': [{ name: 'three' }, { name: 'two' }, { name: 'one' }] }),
    inPod({ nodeSelector: { $patch: 'replace', b: '2' } }),
    inPod({ nodeSelector: null, tolerations: [{ key: 'b', operator: 'Exists' }] }),
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
  ]) {
    expect((await send(example)).status, JSON.stringify(example)).toBe(200)
    await check(example)
  }
  await fc.assert(fc.asyncProperty(patch, check), { numRuns: process.env.FAIRLEAD_FULL === '1' ? 1000 : 100 })
})
