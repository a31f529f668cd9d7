import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sRolloutHistory } from './rollout-history.ts'

describeTool(k8sRolloutHistory, {
  minimal: { resource_type: 'deployment', name: 'web' },
  good: ({ namespace }) => ({ name: 'web', resource_type: 'deployment', namespace }),
  bad: [
    ['name', { name: 'Web' }, `name "Web" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { revision: 0 }, 'revision must be at least 1, got 0.'],
    ['choice', { resource_type: 'job' }, 'resource_type "job" is not one of daemonset, deployment, statefulset.'],
  ],
})

let server: ApiServer
let namespace: string
let tools: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('history')
  tools = readTools({ kubeconfig: server.kubeconfig, namespace })
}, 60_000)

afterAll(() => tools.close())

const path = (plural: string, name = '') => `/apis/apps/v1/namespaces/${namespace}/${plural}/${name}`

const template = (image: string) => ({
  metadata: { labels: { app: 'x' } },
  spec: {
    containers: [{ name: 'app', image, env: [{ name: 'DB_PASSWORD', value: 'correct-horse-battery' }] }],
  },
})

/** A workload that is rolled out with one image after another, each for a reason. */
async function rolledOut(plural: string, name: string, images: readonly string[]) {
  requireControllers(server)
  for (const [index, image] of images.entries()) {
    const body = {
      metadata: { name, annotations: { 'kubernetes.io/change-cause': `because of ${image}` } },
      spec: { selector: { matchLabels: { app: 'x' } }, template: template(image) },
    }
    const { status } =
      index === 0
        ? await server.request('POST', path(plural), body)
        : await server.request('PATCH', path(plural, name), body, 'application/strategic-merge-patch+json')
    expect(status).toBeLessThan(300)
    const resource_type = plural.slice(0, -1)
    const count = async () => (await tools.run(k8sRolloutHistory, { name, resource_type })).total_items
    await expect.poll(count, { timeout: 15_000, interval: 50 }).toBe(index + 1)
  }
}

test.each(['deployments', 'statefulsets', 'daemonsets'])(
  'of %s every revision is listed, the newest last, and each has its template',
  async (plural) => {
    await rolledOut(plural, plural, ['nginx:1', 'nginx:2'])
    const args = { name: plural, resource_type: plural.slice(0, -1) }
    const { output, data, namespace: used } = await tools.run(k8sRolloutHistory, args)
    const [header, first, second, ...more] = output.split('\n')
    expect(header).toBe('REVISION   CHANGE-CAUSE         IMAGES    AGE')
    expect(first).toMatch(/^1 +because of nginx:1 +nginx:1 +\d+s$/)
    expect(second).toMatch(/^2 +because of nginx:2 +nginx:2 +\d+s$/)
    expect(more).toEqual([])
    expect(data?.rows).toMatchObject([{ REVISION: '1', IMAGES: 'nginx:1' }, { REVISION: '2' }])
    expect(used).toBe(namespace)

    const one = await tools.run(k8sRolloutHistory, { ...args, revision: 1 })
    expect(parse(one.output)).toMatchObject({
      metadata: { labels: { app: 'x' } },
      spec: { containers: [{ image: 'nginx:1', env: [{ name: 'DB_PASSWORD', value: '***' }] }] },
    })
    expect(one.output).not.toMatch(/pod-template-hash|\$patch|correct-horse/)
    expect(one.data).toEqual({ revision: 1, cause: 'because of nginx:1' })
  },
  30_000,
)

test('a revision that is not there lists those that are, and so does a name', async () => {
  await rolledOut('deployments', 'web', ['nginx:1'])
  expect(await tools.refusal(k8sRolloutHistory, { name: 'web', resource_type: 'Deployment', revision: 9 })).toBe(
    `NotFound: revision 9 of deployment.apps "web" in namespace ${namespace} not found. Known revisions: 1.`,
  )
  expect(await tools.refusal(k8sRolloutHistory, { name: 'wev', resource_type: 'deployment' })).toMatch(
    /^NotFound: deployment\.apps "wev" in namespace .* not found\. Near names: web\.$/,
  )
})

test('the replica set of another Deployment with the same labels is not its history', async () => {
  await rolledOut('deployments', 'one', ['nginx:7'])
  await rolledOut('deployments', 'other', ['nginx:8'])
  const { output } = await tools.run(k8sRolloutHistory, { name: 'one', resource_type: 'deployment' })
  expect(output).not.toContain('nginx:8')
})

test.each([
  [{ resource_type: 'job' }, 'resource_type "job" is not one of daemonset, deployment, statefulset.'],
  [{ resource_type: null }, 'resource_type is required.'],
  [{ revision: 0 }, 'revision must be at least 1, got 0.'],
])('%j is refused', async (args, sentence) => {
  expect(await tools.refusal(k8sRolloutHistory, { name: 'web', resource_type: 'deployment', ...args })).toBe(
    `InvalidArgument: ${sentence}`,
  )
})
