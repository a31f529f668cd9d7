import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makeRollout, setImage, untilRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoPauseRollout } from './pause-rollout.ts'
import { argoResumeRollout } from './resume-rollout.ts'

describeTool(argoPauseRollout, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  names: rolloutAndItsStatus,
  needs: 'rollouts',
  kinds: ['Rollout'],
  prepare: (api, namespace) =>
    makeRollout(api, namespace, { name: 'stepped', steps: [{ setWeight: 20 }, { pause: {} }] }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_pause_rollout', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('pause')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('holds a Rollout where it is; its undo lets it go on', async () => {
    await makeRollout(api, namespace, { name: 'held' })
    const paused = await tools.write(argoPauseRollout, { name: 'held' })
    expect(paused.effect).toMatchObject({
      summary: `Pause Rollout ${namespace}/held where it is; its progress deadline stops, too`,
      basis: 'server',
      risk: 'low',
      undo: { tool: 'argo_resume_rollout', args: { name: 'held' } },
    })
    expect(paused.answer.outcome).toBe('succeeded')
    expect((await tools.verify(argoPauseRollout, { name: 'held' }, paused, 5))?.verdict).toBe('as_approved')
    await setImage(api, namespace, 'held', 'web:2')
    await untilRollout(api, namespace, 'held', ({ status }) => status.phase === 'Paused')
    const resumed = await tools.write(argoResumeRollout, { name: 'held' })
    expect(resumed.answer.outcome).toBe('succeeded')
    await untilRollout(api, namespace, 'held', ({ status }) => status.phase === 'Healthy')
  })

  it('writes nothing where it is paused already', async () => {
    await makeRollout(api, namespace, { name: 'still' })
    await tools.write(argoPauseRollout, { name: 'still' })
    const again = await tools.preview(argoPauseRollout, { name: 'still' })
    expect(again.effect).toMatchObject({ objects: [], summary: `Rollout ${namespace}/still is already paused` })
  })
})
