import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makePausedRollout, makeRollout, setImage, untilRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoPromote } from './promote.ts'
import { argoUndo } from './undo.ts'

describeTool(argoUndo, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  names: rolloutAndItsStatus,
  needs: 'rollouts',
  kinds: ['Rollout'],
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped' }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { to_revision: -1 }, 'to_revision must be at least 0, got -1.'],
  ],
})

describe('argo_undo', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('undo')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('goes back to the template before, which the controller rolls out as a new update', async () => {
    await makeRollout(api, namespace, { name: 'back', steps: [{ setWeight: 20 }, { pause: {} }] })
    await setImage(api, namespace, 'back', 'web:2')
    await untilRollout(api, namespace, 'back', ({ status }) => status.phase === 'Paused')
    await tools.write(argoPromote, { name: 'back', full: true })
    await untilRollout(api, namespace, 'back', ({ status }) => status.phase === 'Healthy')
    const undone = await tools.write(argoUndo, { name: 'back' })
    expect(undone.effect).toMatchObject({
      summary: `Undo Rollout ${namespace}/back: from revision 2 to the template of revision 1; it is rolled out as a new update: step 1/2: set weight 20 %, then pause until it is promoted`,
      pins: { from_revision: 2, to_revision: 1 },
      undo: { tool: 'argo_undo', args: { name: 'back', to_revision: 2 } },
    })
    expect(undone.answer.outcome, undone.answer.output).toBe('succeeded')
    // Undo, then promote: the controller must have seen the template first.
    const promoted = await tools.write(argoPromote, { name: 'back', full: true })
    expect(promoted.answer.outcome, promoted.answer.output).toBe('succeeded')
    const rollout = await untilRollout(api, namespace, 'back', ({ status }) => status.phase === 'Healthy')
    expect(JSON.stringify(rollout.spec.template)).toContain('web:1')
  })

  it('skips the steps on the way back to the stable version', async () => {
    await makePausedRollout(api, namespace, { name: 'midway' })
    const undone = await tools.write(argoUndo, { name: 'midway' })
    expect(undone.effect.summary).toContain('it is the stable version, so its steps are skipped')
    await untilRollout(api, namespace, 'midway', ({ status }) => status.phase === 'Healthy')
  })

  it('names the known revisions, and writes nothing for a template that matches', async () => {
    await makePausedRollout(api, namespace, { name: 'known' })
    expect(await tools.refusal(argoUndo, { name: 'known', to_revision: 7 })).toBe(
      `NotFound: revision 7 of rollout.argoproj.io "known" in namespace ${namespace} not found. Known revisions: 1, 2.`,
    )
    const same = await tools.preview(argoUndo, { name: 'known', to_revision: 2 })
    expect(same.effect).toMatchObject({ objects: [], summary: expect.stringContaining('already matches') })
  })
})
