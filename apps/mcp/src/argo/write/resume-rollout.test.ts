import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makePausedRollout, makeRollout, untilRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoAbortRollout } from './abort-rollout.ts'
import { argoPauseRollout } from './pause-rollout.ts'
import { argoResumeRollout } from './resume-rollout.ts'

describeTool(argoResumeRollout, {
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

describe('argo_resume_rollout', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('resume')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('ends the pause of a step and the one by hand together', async () => {
    await makePausedRollout(api, namespace, { name: 'both' })
    await tools.write(argoPauseRollout, { name: 'both' })
    const resumed = await tools.write(argoResumeRollout, { name: 'both' })
    const changes = resumed.effect.objects.flatMap((object) => object.changes)
    expect(changes.map(({ path, after }) => [path, after])).toEqual([
      ['/spec/paused', false],
      ['/status/pauseConditions', undefined],
    ])
    expect(resumed.answer).toMatchObject({ outcome: 'succeeded' })
    await untilRollout(api, namespace, 'both', ({ status }) => status.currentStepIndex === 3)
    expect((await tools.verify(argoResumeRollout, { name: 'both' }, resumed, 5))?.verdict).toBe('as_approved')
  })

  it('says that one is not paused, and points an aborted one to a retry', async () => {
    await makeRollout(api, namespace, { name: 'free' })
    const { effect } = await tools.preview(argoResumeRollout, { name: 'free' })
    expect(effect).toMatchObject({ objects: [], summary: `Rollout ${namespace}/free is not paused` })
    await makePausedRollout(api, namespace, { name: 'aborted' })
    await tools.write(argoAbortRollout, { name: 'aborted' })
    expect(await tools.refusal(argoResumeRollout, { name: 'aborted' })).toBe(
      `Refused: Rollout ${namespace}/aborted was aborted: it is not paused.`,
    )
  })
})
