import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makePausedRollout, makeRollout, patchStatus, untilRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoAbortRollout } from './abort-rollout.ts'
import { argoPauseRollout } from './pause-rollout.ts'
import { argoRetryRollout } from './retry-rollout.ts'

describeTool(argoAbortRollout, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  names: rolloutAndItsStatus,
  needs: 'rollouts',
  kinds: ['Rollout'],
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped' }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_abort_rollout', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('abort')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('takes the new version back, and its undo starts it again', async () => {
    await makePausedRollout(api, namespace, { name: 'bad' })
    const aborted = await tools.write(argoAbortRollout, { name: 'bad' })
    expect(aborted.effect).toMatchObject({
      risk: 'medium',
      undo: { tool: 'argo_retry_rollout', args: { name: 'bad' } },
    })
    expect(aborted.answer.output).toContain('its template still holds the new version: argo_undo or argo_retry_rollout')
    const verified = await tools.verify(argoAbortRollout, { name: 'bad' }, aborted, 10)
    expect(verified).toMatchObject({ verdict: 'as_approved' })
    const rollout = await untilRollout(api, namespace, 'bad', ({ status }) => status.phase === 'Degraded')
    expect(rollout.status.message).toContain('RolloutAborted')
    const retried = await tools.write(argoRetryRollout, { name: 'bad' })
    expect(retried.answer.outcome).toBe('succeeded')
    expect((await tools.verify(argoRetryRollout, { name: 'bad' }, retried, 10))?.verdict).toBe('as_approved')
    await untilRollout(
      api,
      namespace,
      'bad',
      ({ status }) => status.phase === 'Paused' && status.currentStepIndex === 1,
    )
  })

  it('ends a pause by hand, and a full promotion that is under way', async () => {
    await makePausedRollout(api, namespace, { name: 'held' })
    await tools.write(argoPauseRollout, { name: 'held' })
    const { effect, answer } = await tools.write(argoAbortRollout, { name: 'held' })
    const changes = effect.objects.flatMap((object) => object.changes.map(({ path, after }) => [path, after]))
    expect(changes).toEqual([
      ['/spec/paused', false],
      ['/status/abort', true],
    ])
    expect(answer.outcome).toBe('succeeded')
    await untilRollout(api, namespace, 'held', ({ status }) => status.phase === 'Degraded')

    // A version that never becomes available: the promotion to the end waits for it.
    const image = {
      template: { metadata: { labels: { app: 'slow' } }, spec: { containers: [{ name: 'app', image: 'web:1' }] } },
    }
    await makeRollout(api, namespace, { name: 'slow', spec: image, steps: [{ setWeight: 20 }, { pause: {} }] })
    await api.request(
      'PATCH',
      `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/slow`,
      { spec: { template: { spec: { containers: [{ name: 'app', image: 'web:does-not-exist' }] } } } },
      'application/merge-patch+json',
    )
    await untilRollout(api, namespace, 'slow', ({ status }) => status.stableRS !== status.currentPodHash)
    await patchStatus(api, namespace, 'slow', { promoteFull: true })
    const stopped = await tools.preview(argoAbortRollout, { name: 'slow' })
    expect(stopped.effect.objects[0]?.changes.map(({ path, after }) => [path, after])).toEqual([
      ['/status/abort', true],
      ['/status/promoteFull', false],
    ])
  })

  it('writes nothing where the newest version is the stable one, or it is aborted already', async () => {
    await makeRollout(api, namespace, { name: 'stable' })
    expect((await tools.preview(argoAbortRollout, { name: 'stable' })).effect).toMatchObject({
      objects: [],
      summary: `Rollout ${namespace}/stable: nothing to abort, the newest version is the stable one`,
    })
  })
})
