import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makePausedRollout, makeRollout, untilRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoSkipStep } from './skip-step.ts'

describeTool(argoSkipStep, {
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

describe('argo_skip_step', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('skip')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('leaves the pause out at which a canary waits, and the controller goes on behind it', async () => {
    await makePausedRollout(api, namespace, { name: 'paused' })
    const approved = await tools.preview(argoSkipStep, { name: 'paused' })
    const { effect } = approved
    expect(effect.summary).toBe(
      `Skip step 2/4 of Rollout ${namespace}/paused (pause until it is promoted): step 3/4: set weight 60 %, then pause until it is promoted`,
    )
    expect(effect.undo).toMatchObject({ tool: 'argo_abort_rollout' })
    expect(await tools.run(argoSkipStep, { name: 'paused' }, approved)).toMatchObject({ outcome: 'succeeded' })
    const at = await untilRollout(api, namespace, 'paused', ({ status }) => status.currentStepIndex === 3)
    expect(at.status.abort ?? false).toBe(false)
  })

  it('has nothing to skip where there are no steps left', async () => {
    await makeRollout(api, namespace, { name: 'plain' })
    expect((await tools.preview(argoSkipStep, { name: 'plain' })).effect.summary).toBe(
      `Rollout ${namespace}/plain: nothing to skip, the newest version is the stable one`,
    )
  })
})
