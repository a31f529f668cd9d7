import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { podBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { imageForm, letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { containers, makePod } from '../../fixtures/tools/simulated-pod.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sCheckConnectivity } from './check-connectivity.ts'
import { k8sDebug } from './debug.ts'

const image = `busybox@sha256:${'0123456789abcdef'.repeat(4)}`

describeTool(k8sDebug, {
  minimal: { pod_name: 'web', image },
  good: ({ namespace }) => ({ pod_name: 'debugged', image, command: 'ls /', namespace, timeout_seconds: 1 }),
  names: podBy('pod_name', 'ephemeralcontainers'),
  needs: 'nodes',
  kinds: ['Pod'],
  prepare: (api, namespace) =>
    makePod(api, namespace, { metadata: { name: 'debugged' }, spec: { containers: containers('app') } }),
  bad: [
    ['name', { pod_name: 'a/b' }, `pod_name "a/b" is not a name. ${letters}`],
    [
      'name, of a container',
      { container_name: 'a.b' },
      'container_name "a.b" is not a container name. It has lower-case letters, digits and \'-\'.',
    ],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { timeout_seconds: 121 }, 'timeout_seconds must be between 1 and 120, got 121.'],
    ['image', { image: 'Nginx' }, `image "Nginx" is not an image. ${imageForm}`],
    [
      'image, not pinned',
      { image: 'busybox:1.37' },
      'image "busybox:1.37" has no digest. Write it with one, as in registry.example.com/busybox@sha256:….',
    ],
    ['free text', { command: "'a" }, "command is not a command: the quote ' at character 1 has no end."],
  ],
})

let cluster: ApiServer
let namespace: string
let tools: ReturnType<typeof writeTools>
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('debug')
  tools = writeTools({ kubeconfig: cluster.kubeconfig, namespace })
})
afterAll(() => tools?.close())

type Live = { spec: { ephemeralContainers?: { name: string }[] } }
const path = (name: string) => `/api/v1/namespaces/${namespace}/pods/${name}`
const added = async (pod: string) => ((await cluster.request('GET', path(pod))).body as Live).spec.ephemeralContainers

/** Says how the container that was added has ended, as the pod's node would. */
async function end(pod: string, state: object): Promise<void> {
  await expect.poll(() => added(pod), { timeout: 10_000, interval: 20 }).toHaveLength(1)
  const [container] = (await added(pod)) ?? []
  const status = { name: container?.name, state, image: 'busybox', imageID: '', ready: false, restartCount: 0 }
  const ended = { status: { ephemeralContainerStatuses: [status] } }
  await cluster.request('PATCH', `${path(pod)}/status`, ended, 'application/merge-patch+json')
}

async function makeTarget(name: string): Promise<void> {
  requireNodes(cluster)
  await makePod(cluster, namespace, { metadata: { name }, spec: { containers: containers('app') } })
}

test('adds one container of a pinned image to a pod, beside a container of it, and tells its end', async () => {
  await makeTarget('one')
  const args = { pod_name: 'one', image, argv: ['ls', '/proc/1/root'], container_name: 'app' }
  const approved = await tools.preview(k8sDebug, args)
  const { effect } = approved
  expect(effect).toMatchObject({
    summary: `Run ls /proc/1/root in image ${image} in Pod ${namespace}/one, beside container app`,
    risk: 'high',
    basis: 'server',
    undo: { impossible: expect.any(String) },
    pins: { container: expect.stringMatching(/^debug-[0-9a-f]{8}$/) },
  })
  expect(JSON.stringify(effect.objects[0]?.changes)).toContain('"targetContainerName":"app"')
  expect(await added('one')).toBeUndefined()
  const running = tools.run(k8sDebug, args, approved)
  await end('one', { terminated: { exitCode: 0, reason: 'Completed' } })
  expect(await running).toMatchObject({ outcome: 'succeeded', data: { exit_code: 0, done: true } })
  expect(await added('one')).toMatchObject([{ name: effect.pins.container, image }])
})

test('a command that fails, an image that cannot be had, and a pod that does not run are told', async () => {
  await makeTarget('fails')
  const args = { pod_name: 'fails', image, command: 'false' }
  const failing = tools.run(k8sDebug, args, await tools.preview(k8sDebug, args))
  await end('fails', { terminated: { exitCode: 3, reason: 'Error' } })
  expect(await failing).toMatchObject({ outcome: 'failed', code: 'Upstream', data: { exit_code: 3 } })

  await makeTarget('stuck')
  const stuck = { pod_name: 'stuck', image, command: 'ls' }
  const waiting = tools.run(k8sDebug, stuck, await tools.preview(k8sDebug, stuck))
  await end('stuck', { waiting: { reason: 'ImagePullBackOff', message: 'not there' } })
  const answer = await waiting
  expect(answer).toMatchObject({ outcome: 'failed', code: 'Unavailable' })
  expect(answer.output).toContain('ImagePullBackOff (not there)')

  await expect(tools.preview(k8sDebug, { ...args, container_name: 'nobody' })).rejects.toThrow(
    'has no container "nobody". It has: app.',
  )
})

test('what a connection check has found is told apart, and what is checked is no part of its script', async () => {
  await makeTarget('checks')
  const args = { pod_name: 'checks', image, host: 'db.shop', port: 443, path: '/healthz' }
  const { effect } = await tools.preview(k8sCheckConnectivity, args)
  expect(effect.summary).toBe(
    `Check from Pod ${namespace}/checks whether db.shop:443/healthz is found and reached, with image ${image}`,
  )
  const text = JSON.stringify(effect.objects[0]?.changes)
  expect(text).toContain('"check","db.shop","443","https://db.shop:443/healthz"]')
})
