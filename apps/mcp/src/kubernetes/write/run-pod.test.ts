import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { podBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { imageForm, letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sRunPod } from './run-pod.ts'

describeTool(k8sRunPod, {
  minimal: { name: 'web', image: 'nginx:1.27' },
  good: ({ namespace }) => ({ name: 'runner', image: 'busybox:1', namespace, timeout_seconds: 1 }),
  names: podBy('name'),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { timeout_seconds: 121 }, 'timeout_seconds must be between 1 and 120, got 121.'],
    ['image', { image: 'Nginx' }, `image "Nginx" is not an image. ${imageForm}`],
    ['free text', { command: "'a" }, "command is not a command: the quote ' at character 1 has no end."],
  ],
})

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
let tools: ReturnType<typeof writeTools>

beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('run')
  mcp = await startTestMcp(cluster.kubeconfig)
  tools = writeTools({ kubeconfig: cluster.kubeconfig, namespace })
})
afterAll(async () => {
  await mcp?.close()
  await tools?.close()
})

type RunPod = { metadata: { labels: Record<string, string>; annotations?: object }; spec: Record<string, unknown> }
const path = (name: string) => `/api/v1/namespaces/${namespace}/pods/${name}`
const isThere = async (name: string) => (await cluster.request('GET', path(name))).status === 200

/** Says how a pod has ended, as its node would, as soon as it runs. */
async function end(name: string, exitCode: number): Promise<void> {
  const phase = async () =>
    ((await cluster.request('GET', path(name))).body as { status?: { phase?: string } }).status?.phase
  await expect.poll(phase, { timeout: 10_000, interval: 20 }).toBe('Running')
  const state = { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } }
  const status = { name, state, image: 'busybox:1.37', imageID: '', ready: false, restartCount: 0 }
  const ended = { status: { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [status] } }
  await cluster.request('PATCH', `${path(name)}/status`, ended, 'application/merge-patch+json')
}
async function runUntil(exitCode: number, args: Record<string, unknown>) {
  requireNodes(cluster)
  const running = tools.write(k8sRunPod, args)
  await end(String(args.name), exitCode)
  return running
}

test('shows the pod, runs it once, tells its log and end, and deletes it', async () => {
  requireNodes(cluster)
  const args = { name: 'once', image: 'busybox:1.37', command: `sh -c 'echo "a b"'`, namespace }
  const preview = await mcp.preview('k8s_run_pod', args)
  expect(preview.effect).toMatchObject({
    summary: `Run sh -c "echo \\"a b\\"" in image busybox:1.37 as Pod ${namespace}/once, and delete it at its end`,
    risk: 'high',
    basis: 'server',
    objects: [{ kind: 'Pod', name: 'once', action: 'invoke', changes: [{ path: '' }] }],
    undo: { impossible: expect.any(String) },
  })
  expect(preview.effect?.reasons).toContain('the pod is deleted when it has ended')
  const pod = preview.effect?.objects[0]?.changes[0]?.after as RunPod
  expect(pod).toMatchObject({
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'fairlead', run: 'once' } },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: 900,
      automountServiceAccountToken: false,
      containers: [
        {
          image: 'busybox:1.37',
          command: ['sh', '-c', 'echo "a b"'],
          securityContext: { allowPrivilegeEscalation: false },
        },
      ],
    },
  })
  expect((await mcp.preview('k8s_run_pod', args)).effect_digest).toBe(preview.effect_digest)
  expect(await isThere('once')).toBe(false)
  const grant = mcp.engine.grant({ tool: 'k8s_run_pod', args, preview })
  const running = mcp.call('k8s_run_pod', args, { [metaKeys.grant]: grant })
  await end('once', 0)
  const result = await running
  expect(result).toMatchObject({
    error: false,
    outcome: 'succeeded',
    data: { phase: 'Succeeded', exit_code: 0, done: true, deleted: true },
  })
  expect(result.output).toContain('listening on :8080')
  expect(result.output).toContain(`[pod ${namespace}/once: Succeeded, exit code 0. The pod was deleted.]`)
  await expect.poll(() => isThere('once')).toBe(false)
  expect(await mcp.verify('k8s_run_pod', args, preview)).toMatchObject({ verification: { verdict: 'unreadable' } })
})

test('always needs a grant', async () => {
  const args = { name: 'x', image: 'busybox', command: 'ls', namespace }
  expect(await mcp.call('k8s_run_pod', args)).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
})

test('a command that fails is a failure with its exit code, and the pod goes all the same', async () => {
  const { answer } = await runUntil(1, { name: 'fails', image: 'busybox:1.37' })
  expect(answer).toMatchObject({
    error: true,
    outcome: 'failed',
    data: { phase: 'Failed', exit_code: 1, deleted: true },
  })
  expect(answer.output).toMatch(/: Failed, exit code 1\. The pod was deleted\.\]$/)
  expect(tools.progress.join('')).toContain('listening on :8080')
  await expect.poll(() => isThere('fails')).toBe(false)
})

test('an image that cannot be pulled is told with the reason', async () => {
  requireNodes(cluster)
  const { answer } = await tools.write(k8sRunPod, { name: 'nothing', image: 'nginx:does-not-exist' })
  expect(answer).toMatchObject({ error: true, outcome: 'failed', code: 'Unavailable', data: { phase: 'Pending' } })
  expect(answer.output).toContain('ImagePullBackOff')
  await expect.poll(() => isThere('nothing')).toBe(false)
})

test('a pod that still runs when the time is over is told with its deadline, and goes on', async () => {
  requireNodes(cluster)
  const { answer } = await tools.write(k8sRunPod, { name: 'long', image: 'nginx:1.27', timeout_seconds: 2 })
  expect(answer).toMatchObject({
    error: false,
    outcome: 'succeeded',
    data: { phase: 'Running', done: false, deleted: false },
  })
  expect(answer.output).toMatch(/: Running\. The pod goes on, at most until \d{4}-.*Z; k8s_logs reads it/)
  expect(await isThere('long')).toBe(true)
})

test('a pod that is to be kept is kept', async () => {
  const { answer, effect } = await runUntil(0, { name: 'kept', image: 'busybox:1.37', keep: true })
  expect(effect.summary).toContain('keep it')
  expect(answer).toMatchObject({ error: false, data: { done: true, deleted: false } })
  expect(await isThere('kept')).toBe(true)
})

test('a name that came into being meanwhile is left alone', async () => {
  const args = { name: 'taken', image: 'busybox:1.37' }
  const approved = await tools.preview(k8sRunPod, args)
  await cluster.request('POST', `/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name: 'taken', labels: { own: 'yes' } },
    spec: { containers: [{ name: 'a', image: 'nginx' }] },
  })
  expect(await tools.run(k8sRunPod, args, approved)).toMatchObject({ outcome: 'stale' })
  expect((await cluster.request('GET', path('taken'))).body).toMatchObject({ metadata: { labels: { own: 'yes' } } })
  expect(await tools.refusal(k8sRunPod, args)).toMatch(/^AlreadyExists: /)
})

test.each([
  [{ name: 'x', image: 'a b' }, /^InvalidArgument: image "a b" contains a space/],
  [{ name: 'x', image: 'busybox', command: 'ls | wc' }, /^InvalidArgument: command has a bare "\|"/],
  [{ name: 'x', image: 'busybox', command: 'ls', argv: ['ps'] }, /^InvalidArgument: command and argv differ/],
  [{ name: 'x', image: 'busybox', command: ' ' }, /^InvalidArgument: command must not be empty/],
  [{ name: 'x', image: 'busybox', command: "''" }, /^InvalidArgument: command must not begin with an empty word/],
  [{ name: '-x', image: 'busybox' }, /^InvalidArgument: name must not begin with '-'/],
])('%j is refused', async (args, sentence) => {
  expect(await tools.refusal(k8sRunPod, args)).toMatch(sentence)
})
