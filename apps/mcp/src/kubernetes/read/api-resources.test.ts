import { randomBytes } from 'node:crypto'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { k8sApiResources } from './api-resources.ts'

describeTool(k8sApiResources, {
  minimal: {},
  good: () => ({}),
  bad: [
    ['free text', { keyword: '' }, 'keyword must not be empty.'],
    ['free text, length', { keyword: 'a'.repeat(201) }, 'keyword has 201 characters. At most 200 are allowed.'],
  ],
})

let server: ApiServer
let tools: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  tools = readTools({ kubeconfig: server.kubeconfig, namespace: 'default' })
}, 60_000)

afterAll(() => tools.close())

const lines = async (args = {}) => (await tools.run(k8sApiResources, args)).output.split('\n')

test('every type stands once, with all its versions, the preferred one first', async () => {
  const [header, ...rows] = await lines()
  expect(header).toMatch(/^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND$/)
  expect(rows.filter((row) => row.startsWith('deployments '))).toEqual([
    expect.stringMatching(/^deployments +deploy +apps\/v1 +true +Deployment$/),
  ])
  expect(rows.filter((row) => row.startsWith('horizontalpodautoscalers '))).toEqual([
    expect.stringMatching(/ hpa +autoscaling\/v2,v1 +true +HorizontalPodAutoscaler$/),
  ])
  expect(rows.some((row) => /^nodes +no +v1 +false +Node$/.test(row))).toBe(true)
})

test.each([
  ['ROLLOVER', /^No resource types with "ROLLOVER"\.$/],
  ['statefulset', /^NAME .*\nstatefulsets +sts +apps\/v1 +true +StatefulSet$/],
  ['Autoscaler', /^NAME .*\nhorizontalpodautoscalers .*$/],
  ['networking.k8s', /\ningresses +ing +networking\.k8s\.io\/v1 /],
  ['--help', /^No resource types with "--help"\.$/],
])('%s is looked for in names, kinds and groups', async (keyword, expected) => {
  expect((await tools.run(k8sApiResources, { keyword })).output).toMatch(expected)
})

test('a type that came after the last look is found', async () => {
  const group = `g${randomBytes(4).toString('hex')}.example`
  expect(await lines({ keyword: group })).toHaveLength(1)
  const { status } = await server.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: `ships.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'ships', singular: 'ship', kind: 'Ship' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  })
  expect(status).toBe(201)
  try {
    await expect
      .poll(() => lines({ keyword: group }), { timeout: 15_000, interval: 100 })
      .toEqual([expect.any(String), `ships                ${group}/v1   true         Ship`])
  } finally {
    await server.request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/ships.${group}`)
  }
}, 30_000)

test.each([
  ['', 'keyword must not be empty.'],
  ['a\nb', 'keyword must not contain a newline or another control character.'],
  ['a'.repeat(201), 'keyword has 201 characters. At most 200 are allowed.'],
])('keyword %j is refused', async (keyword, sentence) => {
  expect(await tools.refusal(k8sApiResources, { keyword })).toBe(`InvalidArgument: ${sentence}`)
})
