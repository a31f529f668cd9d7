import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { flag, letters, noNamespace, typeForm } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sEvents } from './events.ts'

describeTool(k8sEvents, {
  minimal: {},
  good: ({ namespace }) => ({ namespace }),
  bad: [
    ['plain word', { name: '--help' }, flag('name')],
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    [
      'time',
      { since: '0s' },
      'since "0s" is out of range. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
    ],
    ['type', { kind: 'pods,svc' }, `kind "pods,svc" is not a type. ${typeForm}`],
    ['all namespaces', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
    ['number', { limit: 101 }, 'limit must be between 1 and 100, got 101.'],
    ['choice', { types: 'Error' }, 'types "Error" is not one of Normal, Warning.'],
  ],
})

let server: ApiServer
let namespace: string
let tools: ReturnType<typeof readTools>
let made = 0

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('events')
  tools = readTools({ kubeconfig: server.kubeconfig, namespace })
  for (const [index, pod] of ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'].entries())
    await happened({
      pod,
      reason: 'BackOff',
      message: `Back-off restarting failed container app in pod ${pod}`,
      count: 2,
      minutesAgo: 3 - index / 10,
    })
  await happened({
    pod: 'web-1',
    reason: 'Failed',
    message: 'pull of postgres://app:hunter2@db/shop failed',
    minutesAgo: 5,
  })
  await happened({ pod: 'web-1', type: 'Normal', reason: 'Scheduled', message: 'assigned', minutesAgo: 90 })
  await happened({ kind: 'Deployment', pod: 'web', type: 'Normal', reason: 'ScalingReplicaSet', message: 'Scaled up' })
}, 60_000)

afterAll(() => tools.close())

type Happening = {
  pod: string
  reason: string
  message: string
  kind?: string
  type?: string
  count?: number
  minutesAgo?: number
  in?: string
}

async function happened({ in: place = namespace, pod, kind = 'Pod', minutesAgo = 0, ...said }: Happening) {
  const { status } = await server.request('POST', `/api/v1/namespaces/${place}/events`, {
    metadata: { name: `happened-${namespace}-${made++}` },
    involvedObject: { kind, name: pod, ...(place === namespace && { namespace }), apiVersion: 'v1' },
    type: 'Warning',
    count: 1,
    lastTimestamp: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
    ...said,
  })
  expect(status).toBe(201)
}

async function reasons(args: object): Promise<string[]> {
  const { data } = await tools.run(k8sEvents, { ...args })
  return ((data?.rows ?? []) as { REASON: string }[]).map(({ REASON }) => REASON)
}

test('newest first, the same of several objects in one row with its count', async () => {
  const { output, namespace: used, ...rest } = await tools.run(k8sEvents)
  expect(output.split('\n')).toEqual([
    expect.stringMatching(/^LAST SEEN +TYPE +REASON +COUNT +OBJECT +MESSAGE$/),
    expect.stringMatching(/^\d+s +Normal +ScalingReplicaSet +1 +Deployment\/web +Scaled up$/),
    expect.stringMatching(
      /^2m\S* +Warning +BackOff +10 +Pod\/web-5,Pod\/web-4,Pod\/web-3 \+2 +Back-off .* in pod web-5$/,
    ),
    expect.stringMatching(/^5m\S* +Warning +Failed +1 +Pod\/web-1 +pull of postgres:\/\/app:\*\*\*@db\/shop failed$/),
    expect.stringMatching(/^90m +Normal +Scheduled +1 +Pod\/web-1 +assigned$/),
  ])
  expect(used).toBe(namespace)
  expect(rest).toMatchObject({ total_items: 4, returned_items: 4, truncated: false })
  expect(JSON.stringify(rest.data)).not.toContain('hunter2')
})

test.each([
  [{ types: 'warning' }, ['BackOff', 'Failed']],
  [{ types: 'Warning, normal' }, ['ScalingReplicaSet', 'BackOff', 'Failed', 'Scheduled']],
  [{ kind: 'deploy' }, ['ScalingReplicaSet']],
  [{ kind: 'Pod', name: 'web-1' }, ['BackOff', 'Failed', 'Scheduled']],
  [{ name: 'web-3' }, ['BackOff']],
  [{ since: '30m' }, ['ScalingReplicaSet', 'BackOff', 'Failed']],
  [{ since: '30m', kind: 'pods', types: 'Normal' }, []],
])('%j', async (args, expected) => {
  expect(await reasons(args)).toEqual(expected)
})

test('what is over the limit is counted, and an empty answer says where it looked', async () => {
  const { output, ...rest } = await tools.run(k8sEvents, { limit: 1 })
  expect(output.split('\n').at(-1)).toBe(
    '[truncated: showing 1 of 4 rows; narrow with kind, name, types, since or limit]',
  )
  expect(rest).toMatchObject({ truncated: true, total_items: 4, returned_items: 1 })
  expect(await tools.run(k8sEvents, { name: 'nothing' })).toMatchObject({
    output: `No events found in ${namespace} namespace.`,
    total_items: 0,
  })
})

test('events of what stands in no namespace are found, and all namespaces are told apart', async () => {
  const node = `node-${namespace}`
  await happened({ in: 'default', kind: 'Node', pod: node, reason: 'NodeNotReady', message: 'it is not ready' })
  const { output, namespace: used } = await tools.run(k8sEvents, { kind: 'node', name: node })
  expect(output).toMatch(new RegExp(` NodeNotReady +1 +Node/${node} `))
  expect(used).toBeUndefined()
  const all = await tools.run(k8sEvents, { all_namespaces: true, name: 'web-3' })
  expect(all.output).toContain(`Pod/${namespace}/web-3`)
})

test.each([
  [{ namespace: 'a', all_namespaces: true }, 'InvalidArgument: namespace and all_namespaces exclude each other.'],
  [{ types: 'Error' }, 'InvalidArgument: types "Error" is not one of Normal, Warning.'],
  [{ types: '' }, 'InvalidArgument: types "" is not one of Normal, Warning.'],
  [{ limit: 0 }, 'InvalidArgument: limit must be between 1 and 100, got 0.'],
  [{ kind: 'shipp' }, /^NotFound: the server has no resource type "shipp"\./],
])('%j is refused', async (args, sentence) => {
  expect(await tools.refusal(k8sEvents, args)).toEqual(
    typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
  )
})
