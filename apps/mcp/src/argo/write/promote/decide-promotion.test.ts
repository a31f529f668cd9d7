import { expect, test } from 'vitest'
import type { RolloutSpec, RolloutStatus } from '../../shared/rollout.ts'
import { decideAbort } from '../abort-rollout.ts'
import { decideResumption } from '../resume-rollout.ts'
import { decideRetry } from '../retry-rollout.ts'
import { decidePromotion } from './decide-promotion.ts'

const steps = [
  { setWeight: 20 },
  { analysis: { templates: [{ templateName: 'rate' }] } },
  { setWeight: 60 },
  { pause: {} },
]
const canary: RolloutSpec = { strategy: { canary: { steps } } }
const blueGreen: RolloutSpec = { strategy: { blueGreen: {} } }
const underWay: RolloutStatus = { stableRS: 'a', currentPodHash: 'b', currentStepIndex: 1 }
const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }]
const inconclusive = { currentStepAnalysisRunStatus: { status: 'Inconclusive' } }

const rollout = (spec: RolloutSpec, status: RolloutStatus) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop' },
  spec,
  status,
})
const promoting = (isFull = false) => ({ named: 'Rollout shop/web', isFull })

test.each<[state: string, RolloutSpec, RolloutStatus, isFull: boolean, written: object]>([
  [
    'a pause of a step',
    canary,
    { ...underWay, pauseConditions, controllerPause: true },
    false,
    { status: { pauseConditions: null } },
  ],
  ['an analysis that runs', canary, underWay, false, { status: { pauseConditions: null, currentStepIndex: 2 } }],
  [
    'an inconclusive analysis',
    canary,
    { ...underWay, pauseConditions, controllerPause: true, canary: inconclusive },
    false,
    { status: { pauseConditions: null, controllerPause: false, currentStepIndex: 2 } },
  ],
  [
    'a manual pause without another one: it ends, and the step is skipped',
    { ...canary, paused: true },
    underWay,
    false,
    { spec: { paused: false }, status: { pauseConditions: null, currentStepIndex: 2 } },
  ],
  [
    'both pauses',
    { ...canary, paused: true },
    { ...underWay, pauseConditions },
    false,
    { spec: { paused: false }, isSpecFirst: true, status: { pauseConditions: null } },
  ],
  ['no step index yet', canary, { stableRS: 'a', currentPodHash: 'b' }, false, { status: { currentStepIndex: 1 } }],
  ['blue-green', blueGreen, { ...underWay, pauseConditions }, false, { status: { pauseConditions: null } }],
  ['to the end', canary, underWay, true, { status: { promoteFull: true } }],
  [
    'to the end from a manual pause',
    { ...canary, paused: true },
    underWay,
    true,
    { spec: { paused: false }, status: { promoteFull: true } },
  ],
])('what is written to promote one in %s', (_state, spec, status, isFull, written) => {
  const decision = decidePromotion(rollout(spec, status), promoting(isFull))
  expect(decision).toMatchObject(written)
  const { status: patch } = decision as { status?: object }
  expect(patch).toEqual({
    ...(written as { status?: object }).status,
    ...(patch && 'pauseConditions' in patch && { pauseConditions: null }),
  })
})

test.each<[state: string, RolloutSpec, RolloutStatus, isFull: boolean, why: string]>([
  ['fully promoted', canary, { stableRS: 'b', currentPodHash: 'b' }, false, 'nothing to promote'],
  [
    'past its last step',
    canary,
    { ...underWay, currentStepIndex: 4 },
    false,
    'it waits for: its pods to become available',
  ],
  [
    'blue-green without a pause',
    blueGreen,
    { ...underWay, message: 'preview pods' },
    false,
    'it waits for: preview pods',
  ],
  ['on its way to the end', canary, { ...underWay, promoteFull: true }, true, 'already being promoted to the end'],
])('nothing is written to promote one that is %s', (_state, spec, status, isFull, why) => {
  expect(decidePromotion(rollout(spec, status), promoting(isFull))).toEqual({ nothing: expect.stringContaining(why) })
})

test('an aborted Rollout, and an invalid one, are not promoted', () => {
  const aborted = rollout(canary, { ...underWay, abort: true })
  expect(() => decidePromotion(aborted, promoting())).toThrow('was aborted: promoting it would change nothing')
  expect(() => decidePromotion(aborted, promoting(true))).toThrow('without any analysis')
  const conditions = [{ type: 'InvalidSpec', message: 'The Rollout "web" is invalid' }]
  expect(() => decidePromotion(rollout(canary, { ...underWay, conditions }), promoting())).toThrow('is invalid')
  expect(() => decideResumption(aborted, 'Rollout shop/web')).toThrow('it is not paused')
})

test('resuming ends the pauses that there are and skips no step', () => {
  const resumed = (spec: RolloutSpec, status: RolloutStatus) =>
    decideResumption(rollout(spec, status), 'Rollout shop/web')
  expect(resumed({ ...canary, paused: true }, underWay)).toMatchObject({ spec: { paused: false } })
  expect(resumed({ ...canary, paused: true }, underWay)).not.toHaveProperty('status')
  expect(resumed(canary, { ...underWay, pauseConditions })).toMatchObject({ status: { pauseConditions: null } })
  expect(resumed(canary, underWay)).toEqual({ nothing: 'Rollout shop/web is not paused' })
  expect(resumed(canary, { ...underWay, pauseConditions, controllerPause: true, canary: inconclusive })).toMatchObject({
    status: { pauseConditions: null, controllerPause: false, currentStepIndex: 2 },
  })
})

test('an abort takes a full promotion back and ends a manual pause; a retry takes the abort back', () => {
  expect(decideAbort(rollout({ ...canary, paused: true }, { ...underWay, promoteFull: true }), 'it')).toMatchObject({
    spec: { paused: false },
    status: { abort: true, promoteFull: false },
  })
  expect(decideAbort(rollout(canary, underWay), 'it')).not.toHaveProperty('spec')
  expect(decideAbort(rollout(canary, { ...underWay, abort: true }), 'it')).toEqual({ nothing: 'it is already aborted' })
  expect(decideAbort(rollout(canary, { stableRS: 'b', currentPodHash: 'b' }), 'it')).toHaveProperty('nothing')
  expect(decideRetry(rollout(canary, { ...underWay, abort: true }), 'it')).toMatchObject({ status: { abort: false } })
  expect(decideRetry(rollout(canary, underWay), 'it')).toHaveProperty('nothing')
})
