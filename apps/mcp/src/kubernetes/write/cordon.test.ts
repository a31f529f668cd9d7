import { randomBytes } from 'node:crypto'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { nodeOf } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sCordon } from './cordon.ts'
import { k8sUncordon } from './uncordon.ts'

describeTool(k8sCordon, {
  minimal: { node_name: 'node-1' },
  good: ({ openNode }) => ({ node_name: openNode }),
  names: nodeOf,
  bad: [['name', { node_name: 'a_b' }, `node_name "a_b" is not a name. ${letters}`]],
})

/** A node of this file alone, which no pod is ever put on. */
const node_name = `cordoned-${randomBytes(4).toString('hex')}`
const path = `/api/v1/nodes/${node_name}`
let api: ApiServer
let tools: ReturnType<typeof writeTools>
beforeAll(async () => {
  api = await sharedApiServer()
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace: 'default' })
  const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]
  const { status } = await api.request('POST', '/api/v1/nodes', { metadata: { name: node_name }, spec: { taints } })
  expect(status).toBe(201)
})
afterAll(async () => {
  await api?.request('DELETE', path)
  await tools?.close()
})
const isCordoned = async () =>
  ((await api.request('GET', path)).body as { spec: { unschedulable?: boolean } }).spec.unschedulable === true

it('closes a node and opens it again; each is the undo of the other', async () => {
  const args = { node_name }
  const { effect, effect_digest, answer } = await tools.write(k8sCordon, args)
  expect(effect).toMatchObject({
    summary: `Close Node ${node_name} to new pods (cordon)`,
    objects: [{ kind: 'Node', changes: [{ path: '/spec/unschedulable', after: true }] }],
    undo: { tool: 'k8s_uncordon', args },
  })
  expect(answer).toMatchObject({ outcome: 'succeeded', output: `node/${node_name} cordoned` })
  expect(await isCordoned()).toBe(true)
  expect(await tools.verify(k8sCordon, args, { effect, effect_digest })).toMatchObject({ verdict: 'as_approved' })

  const again = await tools.write(k8sCordon, args)
  expect(again.effect).toMatchObject({ summary: `Node ${node_name} is already cordoned`, objects: [] })
  expect(again.answer).toMatchObject({ outcome: 'succeeded', output: `node/${node_name} already cordoned` })

  const opened = await tools.write(k8sUncordon, args)
  expect(opened.effect).toMatchObject({
    summary: `Open Node ${node_name} to new pods (uncordon)`,
    undo: { tool: 'k8s_cordon', args },
  })
  expect(opened.answer.output).toBe(`node/${node_name} uncordoned`)
  expect(await isCordoned()).toBe(false)
  expect(await tools.refusal(k8sCordon, { node_name: `${node_name}x` })).toContain(`Near names: ${node_name}`)
})

it('both say that they destroy nothing', () => {
  for (const { annotations } of [k8sCordon, k8sUncordon]) {
    expect(annotations).toMatchObject({ readOnlyHint: false, destructiveHint: false, idempotentHint: true })
  }
})
