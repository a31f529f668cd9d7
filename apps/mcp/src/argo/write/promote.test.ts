import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import {
  makePausedRollout,
  makeRollout,
  patchStatus,
  setImage,
  untilPaused,
  untilRollout,
} from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { isFullyPromoted } from '../shared/rollout.ts'
import { argoAbortRollout } from './abort-rollout.ts'
import { argoPauseRollout } from './pause-rollout.ts'
import { argoPromote } from './promote.ts'
import { argoUndo } from './undo.ts'

describeTool(argoPromote, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  names: rolloutAndItsStatus,
  needs: 'rollouts',
  kinds: ['Rollout'],
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped' }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['bool', { full: 'all' }, 'full must be true or false, got "all".'],
  ],
})

describe('argo_promote', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('promote')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('goes past a pause and says what comes next; what the controller took up is as approved', async () => {
    await makePausedRollout(api, namespace, { name: 'canary' })
    const promoted = await tools.write(argoPromote, { name: 'canary' })
    expect(promoted.effect).toMatchObject({
      summary: `Promote Rollout ${namespace}/canary: step 3/4: set weight 60 %, then pause until it is promoted`,
      basis: 'server',
      risk: 'medium',
      undo: { tool: 'argo_abort_rollout', args: { name: 'canary' } },
    })
    const changes = promoted.effect.objects.flatMap((object) => object.changes)
    expect(changes.map(({ path, after }) => [path, after])).toEqual([['/status/pauseConditions', undefined]])
    expect(promoted.answer).toMatchObject({ outcome: 'succeeded' })
    const moved = await untilRollout(api, namespace, 'canary', ({ status }) => status.currentStepIndex === 3)
    expect(moved.status.abort).toBeUndefined()
    await untilPaused(api, namespace, 'canary')
    const verified = await tools.verify(argoPromote, { name: 'canary' }, promoted, 10)
    expect(verified).toMatchObject({ verdict: 'as_approved', objects: [{ at: 'after', differences: [] }] })
  })

  it('is stale when the controller or somebody else has gone on meanwhile, and never skips a second step', async () => {
    await makePausedRollout(api, namespace, { name: 'overtaken' })
    const shown = await tools.preview(argoPromote, { name: 'overtaken' })
    await patchStatus(api, namespace, 'overtaken', { pauseConditions: null })
    await untilRollout(api, namespace, 'overtaken', ({ status }) => status.currentStepIndex === 3)
    await untilPaused(api, namespace, 'overtaken')
    expect(await tools.run(argoPromote, { name: 'overtaken' }, shown)).toMatchObject({ outcome: 'stale', objects: [] })
    expect((await untilPaused(api, namespace, 'overtaken')).status.currentStepIndex).toBe(3)
  })

  it('promotes to the end at high risk, and its undo goes back to the former version', async () => {
    await makePausedRollout(api, namespace, { name: 'full' })
    const args = { name: 'full', full: true }
    const promoted = await tools.write(argoPromote, args)
    expect(promoted.effect).toMatchObject({ risk: 'high', undo: { tool: 'argo_undo' } })
    expect(promoted.effect.summary).toContain('the 3 steps that are left, and their analyses, are skipped')
    expect((await tools.verify(argoPromote, args, promoted, 30))?.verdict).toBe('as_approved')
    const done = await untilRollout(api, namespace, 'full', isFullyPromoted)
    expect(done.status.promoteFull).not.toBe(true)
    const undone = await tools.write(argoUndo, { name: 'full' })
    expect(undone.answer.outcome, undone.answer.output).toBe('succeeded')
    await untilRollout(api, namespace, 'full', ({ spec }) => JSON.stringify(spec.template).includes('web:1'))
  })

  it('ends a manual pause, too, and says that it skips the step', async () => {
    await makePausedRollout(api, namespace, {
      name: 'held',
      steps: [{ setWeight: 10 }, { pause: { duration: '1h' } }, { setWeight: 50 }],
    })
    await tools.write(argoPauseRollout, { name: 'held' })
    await patchStatus(api, namespace, 'held', { pauseConditions: null })
    await untilRollout(
      api,
      namespace,
      'held',
      ({ status, spec }) => spec.paused === true && (status.pauseConditions ?? []).length === 0,
    )
    const shown = await tools.preview(argoPromote, { name: 'held' })
    expect(shown.effect.objects[0]?.changes.map(({ path, after }) => [path, after])).toContainEqual([
      '/spec/paused',
      false,
    ])
    expect(await tools.run(argoPromote, { name: 'held' }, shown)).toMatchObject({ outcome: 'succeeded' })
    const moved = await untilRollout(
      api,
      namespace,
      'held',
      ({ spec, status }) => spec.paused !== true && status.phase === 'Healthy',
    )
    expect(moved.status.currentStepIndex).toBe(3)
  })

  it('refuses an aborted Rollout, by a step and to the end', async () => {
    await makePausedRollout(api, namespace, { name: 'aborted' })
    await tools.write(argoAbortRollout, { name: 'aborted' })
    await untilRollout(api, namespace, 'aborted', ({ status }) => status.phase === 'Degraded')
    expect(await tools.refusal(argoPromote, { name: 'aborted' })).toBe(
      `Refused: Rollout ${namespace}/aborted was aborted: promoting it would change nothing.`,
    )
    expect(await tools.refusal(argoPromote, { name: 'aborted', full: true })).toContain('without any analysis')
  })

  it('writes nothing where there is nothing to promote', async () => {
    await makeRollout(api, namespace, { name: 'stable' })
    const { effect, answer } = await tools.write(argoPromote, { name: 'stable' })
    expect(effect.objects).toEqual([])
    expect(effect.summary).toBe(`Rollout ${namespace}/stable: nothing to promote, the newest version is the stable one`)
    expect(answer).toMatchObject({ outcome: 'succeeded', output: effect.summary })
  })

  it('waits for the controller where the template is new, so that old hashes do not judge', async () => {
    await makeRollout(api, namespace, { name: 'fresh', steps: [{ setWeight: 20 }, { pause: {} }] })
    await setImage(api, namespace, 'fresh', 'web:2')
    const shown = await tools.preview(argoPromote, { name: 'fresh' })
    expect(shown.effect.summary).not.toContain('nothing to promote')
  })

  it('sends all of the traffic to the preview of a blue-green Rollout', async () => {
    for (const service of ['active', 'preview'])
      await api.request('POST', `/api/v1/namespaces/${namespace}/services`, {
        metadata: { name: service },
        spec: { selector: { app: 'blue' }, ports: [{ port: 80 }] },
      })
    const blueGreen = { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false }
    await makeRollout(api, namespace, { name: 'blue', strategy: { blueGreen } })
    await setImage(api, namespace, 'blue', 'web:2')
    await untilPaused(api, namespace, 'blue')
    const { effect, answer } = await tools.write(argoPromote, { name: 'blue' })
    expect(effect.summary).toBe(`Promote Rollout ${namespace}/blue: the new version gets all of the traffic`)
    expect(answer.outcome).toBe('succeeded')
    await untilRollout(api, namespace, 'blue', isFullyPromoted)
  })
})
