import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sRolloutStatus } from './rollout-status.ts'

describeTool(k8sRolloutStatus, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'web', resource_type: 'deployment', namespace, timeout_seconds: 1 }),
  bad: [
    ['plain word', { name: 'a\u0000b' }, `name "a\\u0000b" contains a control character. ${letters}`],
    ['name', { name: 'Web' }, `name "Web" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { timeout_seconds: 271 }, 'timeout_seconds must be between 1 and 270, got 271.'],
    ['choice', { resource_type: 'job' }, 'resource_type "job" is not one of daemonset, deployment, statefulset.'],
  ],
})

let server: ApiServer
let namespace: string
let tools: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('rollout')
  tools = readTools({ kubeconfig: server.kubeconfig, namespace })
}, 60_000)

afterAll(() => tools.close())

async function create(
  plural: string,
  name: string,
  { annotations, spec }: { annotations?: object; spec?: object } = {},
) {
  const answer = await server.request('POST', `/apis/apps/v1/namespaces/${namespace}/${plural}`, {
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: { containers: [{ name: 'app', image: 'nginx' }] },
      },
      ...spec,
    },
  })
  expect(answer.status, JSON.stringify(answer)).toBe(201)
}

test('waits until it is done, with a line at each change', async () => {
  requireNodes(server)
  await create('deployments', 'web', { annotations: { 'fairlead.dev/ready-after': '1s' }, spec: { replicas: 2 } })
  const { result, progress } = await tools.call(k8sRolloutStatus, { name: 'web' })
  expect(result).toMatchObject({ output: 'Deployment "web" successfully rolled out', data: { done: true }, namespace })
  expect(progress.length).toBeGreaterThan(1)
  expect(progress.at(-1)).toEqual({ stream: 'status', text: 'Deployment "web" successfully rolled out\n' })
})

test('a time limit that passes is no error, and names the worst pod', async () => {
  requireNodes(server)
  await create('deployments', 'bad', { annotations: { 'fairlead.dev/simulate': 'imagepullbackoff' } })
  await create('deployments', 'waiting', { annotations: { 'fairlead.dev/ready-after': '60s' } })
  const { output, data, error } = await tools.run(k8sRolloutStatus, { name: 'bad', timeout_seconds: 3 })
  expect({ data, error }).toEqual({ data: { done: false }, error: undefined })
  expect(output).toMatch(
    /^Waiting: 0 of 1 updated replicas are available\npod "bad-.*": container "app": (ErrImagePull|ImagePullBackOff)/,
  )
})

test('a Deployment past its deadline is an error at once', async () => {
  requireNodes(server)
  await create('deployments', 'late', {
    annotations: { 'fairlead.dev/simulate': 'notready' },
    spec: { progressDeadlineSeconds: 1 },
  })
  expect(await tools.refusal(k8sRolloutStatus, { name: 'late', timeout_seconds: 30 })).toMatch(
    /^Timeout: Deployment "late" exceeded its progress deadline\. pod "late-.*": container "app" is running but not ready$/,
  )
}, 40_000)

test('StatefulSets and DaemonSets', async () => {
  requireNodes(server)
  await create('statefulsets', 'db', { spec: { serviceName: 'db', replicas: 2 } })
  await create('daemonsets', 'agent')
  await create('daemonsets', 'manual', { spec: { updateStrategy: { type: 'OnDelete' } } })
  for (const [resource_type, name] of [
    ['statefulset', 'db'],
    ['DaemonSet', 'agent'],
  ])
    expect(await tools.run(k8sRolloutStatus, { name, resource_type })).toMatchObject({ data: { done: true } })
  expect(await tools.refusal(k8sRolloutStatus, { name: 'manual', resource_type: 'daemonset' })).toMatch(
    /^Invalid: no rollout/,
  )
})

test('one that is deleted while it is watched is NotFound', async () => {
  await create('deployments', 'gone', { annotations: { 'fairlead.dev/simulate': 'notready' } })
  const refusal = tools.refusal(k8sRolloutStatus, { name: 'gone', timeout_seconds: 20 })
  await new Promise((resolve) => setTimeout(resolve, 500))
  await server.request('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/gone`)
  expect(await refusal).toBe(
    `NotFound: deployment.apps "gone" in namespace ${namespace} was deleted while it was watched.`,
  )
})

test('a watch that breaks is taken up again, and one that ends at once is not asked for without a pause', async () => {
  requireNodes(server)
  const proxy = await startRecordingProxy(server)
  const behind = readTools({ kubeconfig: proxy.kubeconfig, namespace })
  const watches = () => proxy.seen.filter(({ path }) => path.includes('watch=true')).length
  try {
    await create('deployments', 'soon', { annotations: { 'fairlead.dev/ready-after': '1s' } })
    proxy.interfere(({ path }, { cut }) => void (path.includes('watch=true') && watches() <= 2 && cut()))
    expect(await behind.run(k8sRolloutStatus, { name: 'soon' })).toMatchObject({ data: { done: true } })
    await create('deployments', 'never', { annotations: { 'fairlead.dev/simulate': 'notready' } })
    proxy.seen.length = 0
    proxy.interfere(({ path }, { say }) => void (path.includes('watch=true') && say(200, '')))
    const waited = await behind.run(k8sRolloutStatus, { name: 'never', timeout_seconds: 3 })
    expect(waited).toMatchObject({ data: { done: false } })
    expect(watches()).toBeGreaterThan(1)
    expect(watches()).toBeLessThan(10)
  } finally {
    await behind.close()
    await proxy.close()
  }
})

test('a cancelled call ends at once', async () => {
  await create('deployments', 'slow', { annotations: { 'fairlead.dev/simulate': 'notready' } })
  const abort = new AbortController()
  const started = performance.now()
  const refusal = tools
    .call(k8sRolloutStatus, { name: 'slow', timeout_seconds: 60 }, abort.signal)
    .catch((error: Error) => error)
  setTimeout(() => abort.abort(), 300)
  expect(await refusal).toMatchObject({ code: 'Cancelled' })
  expect(performance.now() - started).toBeLessThan(2000)
})

test.each([
  [
    { name: 'web', resource_type: 'job' },
    'InvalidArgument: resource_type "job" is not one of daemonset, deployment, statefulset.',
  ],
  [{ name: 'web', timeout_seconds: 271 }, 'InvalidArgument: timeout_seconds must be between 1 and 270, got 271.'],
])('%j is refused', async (args, sentence) => {
  expect(await tools.refusal(k8sRolloutStatus, args)).toBe(sentence)
})
