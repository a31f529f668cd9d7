import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makeRollout, rolloutPath, untilRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { imageForm, labelLetters, letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoSetImage } from './set-image.ts'

describeTool(argoSetImage, {
  minimal: { name: 'web', image: 'app=web:9' },
  good: ({ namespace }) => ({ name: 'stepped', image: 'app=web:9', namespace }),
  names: rolloutAndItsStatus,
  needs: 'rollouts',
  kinds: ['Rollout'],
  prepare: (api, namespace) =>
    makeRollout(api, namespace, { name: 'stepped', steps: [{ setWeight: 20 }, { pause: {} }] }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    [
      'image',
      { image: 'web:1' },
      `image "web:1" must be CONTAINER=IMAGE, with exactly one '=', unless container_name is given.`,
    ],
    [
      'image, two',
      { image: 'a=b=c' },
      `image "a=b=c" must be CONTAINER=IMAGE, with exactly one '=', unless container_name is given.`,
    ],
    [
      'image, named twice',
      { image: 'a=web:1', container_name: 'app' },
      'image "a=web:1" names a container, and container_name does, too. Only one of them may.',
    ],
    ['image, no image', { image: 'app=WEB:1:2' }, `image "WEB:1:2" is not an image. ${imageForm}`],
    ['name, of a container', { container_name: 'A' }, `container_name "A" is not a container name. ${labelLetters}`],
  ],
})

describe('argo_set_image', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('image')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('sets one image by a PUT, says what comes next, and its undo brings the former one back', async () => {
    await makeRollout(api, namespace, { name: 'app', steps: [{ setWeight: 20 }, { pause: {} }] })
    const set = await tools.write(argoSetImage, { name: 'app', image: 'app=web:2' })
    expect(set.effect).toMatchObject({
      summary: `Set the image of Rollout ${namespace}/app: app web:1 → web:2; step 1/2: set weight 20 %, then pause until it is promoted`,
      basis: 'server',
      risk: 'medium',
      undo: { tool: 'argo_set_image', args: { name: 'app', image: 'app=web:1' } },
    })
    expect(set.answer.outcome, set.answer.output).toBe('succeeded')
    const verified = await tools.verify(argoSetImage, { name: 'app', image: 'app=web:2' }, set, 20)
    expect(verified).toMatchObject({ verdict: 'not_yet', objects: [{ at: 'after', differences: [] }] })
    const undone = await tools.write(argoSetImage, { name: 'app', image: 'app=web:1' })
    expect(undone.answer.outcome).toBe('succeeded')
    await untilRollout(api, namespace, 'app', ({ status }) => status.phase === 'Healthy')
  })

  it('writes to the workload that the Rollout refers to', async () => {
    const labels = { app: 'shared' }
    await api.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'shared' },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'web:1' }] } },
      },
    })
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shared' }
    await makeRollout(api, namespace, { name: 'shared', spec: { workloadRef } })
    const set = await tools.write(argoSetImage, { name: 'shared', image: 'web:2', container_name: 'app' })
    expect(set.effect.objects.map(({ kind, name }) => [kind, name])).toEqual([['Deployment', 'shared']])
    expect(set.answer.outcome, set.answer.output).toBe('succeeded')
    const { body } = await api.request('GET', rolloutPath(namespace, 'shared'))
    expect(JSON.stringify((body as { spec: object }).spec)).not.toContain('web:2')
  })

  it('refuses a container that is not there, with the list', async () => {
    await makeRollout(api, namespace, { name: 'lone' })
    expect(await tools.refusal(argoSetImage, { name: 'lone', image: 'side=web:2' })).toBe(
      `InvalidArgument: rollout.argoproj.io "lone" in namespace ${namespace} has no container "side". Its containers: app.`,
    )
  })
})
