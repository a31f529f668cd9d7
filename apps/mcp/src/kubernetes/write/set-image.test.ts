import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { typedBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { flag, imageForm, letters, noNamespace, noType } from '../../fixtures/tools/sentences.fixture.ts'
import { makeWorkload, rolloutVerdict } from '../../fixtures/tools/workloads.fixture.ts'
import { undoArgs, writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sRevert } from './revert.ts'
import { k8sSetImage } from './set-image.ts'

describeTool(k8sSetImage, {
  minimal: { resource_type: 'deployment', resource_name: 'web', container_images: 'app=nginx:1.27' },
  good: ({ namespace }) => ({
    resource_name: 'web',
    resource_type: 'deployment',
    container_images: 'app=web:9',
    namespace,
  }),
  names: typedBy('resource_name'),
  bad: [
    ['plain word', { resource_name: '-x' }, flag('resource_name')],
    ['name', { resource_name: 'Web' }, `resource_name "Web" is not a name. ${letters}`],
    ['type', { resource_type: 'pods,svc' }, noType('pods,svc')],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['image', { container_images: 'app=Nginx' }, `container_images "Nginx" is not an image. ${imageForm}`],
    ['image, twice', { container_images: 'app=a:1,app=a:2' }, 'container_images names container "app" twice.'],
  ],
})

let api: ApiServer
let namespace: string
let tools: ReturnType<typeof writeTools>
beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('image')
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
})
afterAll(() => tools?.close())

const three = {
  containers: [
    { name: 'app', image: 'nginx:1.25' },
    { name: 'proxy', image: 'envoy:1.29' },
  ],
  initContainers: [{ name: 'setup', image: 'busybox:1.36' }],
}
const argsOf = (name: string, images: string, resource_type = 'deployment') => ({
  resource_name: name,
  resource_type,
  container_images: images,
  namespace,
})
const at = (list: string, index: number) => `/spec/template/spec/${list}/${index}/image`

describe('k8s_set_image', () => {
  it('changes the images that are named and nothing else, and its undo brings the former back', async () => {
    await makeWorkload(api, namespace, { name: 'web', ...three })
    const before = await clusterState(api, namespace)
    const args = argsOf('web', 'app=nginx:1.27 setup=busybox:1.37')
    const { effect, effect_digest, answer } = await tools.write(k8sSetImage, args)
    expect(effect).toMatchObject({
      summary: `Set the image of container app (Deployment ${namespace}/web) to nginx:1.27, from nginx:1.25; set the image of container setup (Deployment ${namespace}/web) to busybox:1.37, from busybox:1.36`,
      risk: 'medium',
      basis: 'server',
      undo: { tool: 'k8s_set_image', args: { ...args, container_images: 'setup=busybox:1.36,app=nginx:1.25' } },
    })
    expect(effect.objects.map(({ changes }) => changes)).toEqual([
      [
        { path: at('containers', 0), before: 'nginx:1.25', after: 'nginx:1.27' },
        { path: at('initContainers', 0), before: 'busybox:1.36', after: 'busybox:1.37' },
      ],
    ])
    expect(answer).toMatchObject({
      outcome: 'succeeded',
      output: 'web: setup busybox:1.36 → busybox:1.37, app nginx:1.25 → nginx:1.27',
    })
    const { verdict, seconds } = rolloutVerdict(api)
    expect(await tools.verify(k8sSetImage, args, { effect, effect_digest }, seconds)).toMatchObject({ verdict })
    const { undo } = effect
    expect(undo && 'args' in undo && (await tools.write(k8sSetImage, undo.args)).answer.outcome).toBe('succeeded')
    expect(await clusterState(api, namespace)).toEqual(before)
  })

  it('takes * for every container, init containers too; then the undo is a revert', async () => {
    await makeWorkload(api, namespace, { name: 'all', ...three })
    const before = await clusterState(api, namespace)
    const { effect, answer } = await tools.write(k8sSetImage, argsOf('all', '*=debug@sha256:'.concat('a'.repeat(64))))
    expect(answer.outcome).toBe('succeeded')
    expect(effect.objects[0]?.changes.map(({ path }) => path)).toEqual([
      at('containers', 0),
      at('containers', 1),
      at('initContainers', 0),
    ])
    expect(effect.undo).toMatchObject({ tool: 'k8s_revert' })
    await tools.write(k8sRevert, undoArgs(effect))
    expect(await clusterState(api, namespace)).toEqual(before)
  })

  it('goes into the job template of a CronJob, and into a pod itself', async () => {
    const spec = { restartPolicy: 'Never', containers: [{ name: 'app', image: 'a:1' }] }
    const jobTemplate = { spec: { template: { spec } } }
    await api.request('POST', `/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
      metadata: { name: 'nightly' },
      spec: { schedule: '0 0 1 1 *', jobTemplate },
    })
    await api.request('POST', `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'one' },
      spec: { ...spec, nodeSelector: { nowhere: 'yes' } },
    })
    const changesOf = async (name: string, type: string) =>
      (await tools.write(k8sSetImage, argsOf(name, 'app=a:2', type))).effect.objects[0]?.changes
    expect(await changesOf('nightly', 'cj')).toEqual([
      { path: '/spec/jobTemplate/spec/template/spec/containers/0/image', before: 'a:1', after: 'a:2' },
    ])
    expect(await changesOf('one', 'pods')).toEqual([{ path: '/spec/containers/0/image', before: 'a:1', after: 'a:2' }])
  })

  it('says when all is so already, and refuses what it cannot do', async () => {
    await makeWorkload(api, namespace, { name: 'same', ...three })
    const { effect, answer } = await tools.write(k8sSetImage, argsOf('same', 'app=nginx:1.25'))
    expect(effect).toMatchObject({ summary: `Deployment ${namespace}/same already has these images`, objects: [] })
    expect(answer).toMatchObject({ outcome: 'succeeded', output: 'same: unchanged' })
    expect(await tools.refusal(k8sSetImage, argsOf('same', 'ap=nginx:2'))).toBe(
      `InvalidArgument: deployment.apps "same" in namespace ${namespace} has no container "ap". Its containers: setup, app, proxy.`,
    )
    expect(await tools.refusal(k8sSetImage, argsOf('same', 'app=nginx:2', 'job'))).toBe(
      'InvalidArgument: resource_type "job" is not one of cronjob, daemonset, deployment, pod, replicaset, replicationcontroller, statefulset.',
    )
    expect(await tools.refusal(k8sSetImage, argsOf('gone', 'app=nginx:2'))).toMatch(/^NotFound: /)
  })
})

it.each([
  ['', 'container_images must not be empty.'],
  ['a b', 'container_images "a" is no pair.'],
  ['app=', 'container_images must not be empty.'],
  ['app=Nginx', 'container_images "Nginx" is not an image.'],
  ['app=nginx:1=2', 'container_images "nginx:1=2" is not an image.'],
  ['app=a:1,app=a:2', 'container_images names container "app" twice.'],
  ['*=a:1,app=a:2', 'container_images has * and names of containers.'],
  ['a.b=a:1', 'container_images "a.b" is not a container name.'],
  [`app=${'a'.repeat(513)}`, 'has 513 characters. At most 512 are allowed.'],
  ['app=a:1,-x=b', "container_images must not begin with '-'."],
])('container_images %j is refused', (container_images, sentence) => {
  expect(() => k8sSetImage.parse(argsOf('web', container_images))).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.stringContaining(sentence) }),
  )
})
