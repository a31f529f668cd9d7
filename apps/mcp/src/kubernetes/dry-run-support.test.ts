import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type ApiServerProxy, startApiServerProxy } from '@fairlead/testing/cluster/fault-proxy'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeTools } from '../fixtures/tools/write-tools.fixture.ts'
import type { Arguments, WriteTool } from '../tool/define-tool.ts'
import { k8sApply } from './write/apply.ts'
import { k8sDelete } from './write/delete.ts'
import { k8sPatch } from './write/patch.ts'
import { k8sRevert } from './write/revert.ts'
import { k8sScale } from './write/scale.ts'

let api: ApiServer
let proxy: ApiServerProxy
let namespace: string
let group: string
let tools: ReturnType<typeof writeTools>

const patience = { timeout: 30_000, interval: 50 }
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const toys = () => `/apis/${group}/v1/namespaces/${namespace}/toys`
const toy = (name: string, size: number) => ({
  apiVersion: `${group}/v1`,
  kind: 'Toy',
  metadata: { name, namespace },
  spec: { size },
})

beforeAll(async () => {
  api = await sharedApiServer()
  proxy = await startApiServerProxy(api)
  namespace = await api.newNamespace('untried')
  group = `${namespace}.example.com`
  const whole = { type: 'integer' }
  const spec = {
    group,
    scope: 'Namespaced',
    names: { plural: 'toys', singular: 'toy', kind: 'Toy' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: whole } },
              status: { type: 'object', properties: { size: whole } },
            },
          },
        },
      },
    ],
  }
  const made = await api.request('POST', definitions, { metadata: { name: `toys.${group}` }, spec })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  await vi.waitFor(async () => expect((await api.request('POST', toys(), toy('one', 1))).status).toBe(201), patience)
  const published = async () => JSON.stringify((await api.request('GET', `/openapi/v3/apis/${group}/v1`)).body)
  await vi.waitFor(async () => expect(await published()).toContain('"Toy"'), patience)
})
afterAll(async () => {
  await api?.request('DELETE', `${definitions}/toys.${group}`)
  await proxy?.close()
})
beforeEach(() => {
  proxy.requests.length = 0
  tools = writeTools({ kubeconfig: proxy.kubeconfig, namespace })
  return () => tools.close()
})

const one = () => ({ name: 'one', resource_type: `toys.${group}`, namespace })

const cases: [what: string, tool: WriteTool, args: () => Arguments][] = [
  ['a creation', k8sApply, () => ({ content: JSON.stringify(toy('two', 2)) })],
  ['an apply to what is there', k8sApply, () => ({ content: JSON.stringify(toy('one', 2)), force_conflicts: true })],
  ['a patch', k8sPatch, () => ({ ...one(), patch: '{"spec":{"size":3}}', patch_type: 'merge' })],
  ['a scale', k8sScale, () => ({ ...one(), replicas: 4 })],
  ['a deletion', k8sDelete, one],
  [
    'what brings it back',
    k8sRevert,
    () => {
      const { apiVersion, kind } = toy('gone', 1)
      const ref = { cluster: 'default', apiVersion, kind, namespace, name: 'gone' }
      return { changes: JSON.stringify([{ ref, create: toy('gone', 1) }]) }
    },
  ],
]
const triedOut = () => proxy.requests.filter(({ path, body }) => `${path}${body}`.includes('dryRun'))

describe('a server of a group that says that it has dry runs', () => {
  it.each(cases)('is asked to try out %s', async (_, tool, args) => {
    proxy.interfere(() => ({ do: 'pass' }))
    expect((await tools.preview(tool, args())).effect).toMatchObject({ basis: 'server' })
    expect(triedOut()).not.toEqual([])
  })
})

describe('a server of a group that does not say so, and would write', () => {
  beforeEach(() =>
    proxy.interfere(({ path }) =>
      path.startsWith(`/openapi/v3/apis/${group}`) ? { do: 'reshape', through: withoutDryRuns } : { do: 'pass' },
    ),
  )

  it.each(cases)('is not asked to try out %s', async (_, tool, args) => {
    const { effect } = await tools.preview(tool, args())
    expect(effect).toMatchObject({ basis: 'computed', objects: [{ kind: 'Toy' }] })
    expect(effect.risk).not.toBe('low')
    expect(effect.reasons).toContain('its API server does not say that it can try writes out')
    expect(triedOut()).toEqual([])
  })

  it('is written to once it is approved', async () => {
    const { answer } = await tools.write(k8sScale, { ...one(), replicas: 7 })
    expect(answer).toMatchObject({ outcome: 'succeeded' })
    expect((await api.request('GET', `${toys()}/one`)).body).toMatchObject({ spec: { size: 7 } })
    expect(triedOut()).toEqual([])
  })
})

async function* withoutDryRuns(answer: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of answer) pieces.push(piece)
  yield Buffer.from(Buffer.concat(pieces).toString().replaceAll('"dryRun"', '"dryrum"'))
}
