import { expect, test } from 'vitest'
import { phaseOf } from './phase.ts'
import type { RolloutSpec, RolloutStatus } from './rollout.ts'
import { nextWords, setWeightOf, stepWords } from './steps.ts'

type Parts = { spec?: RolloutSpec; status?: RolloutStatus; generation?: number; annotations?: Record<string, string> }
const rollout = ({ spec = {}, status = {}, generation = 3, annotations = {} }: Parts) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', generation, annotations },
  spec,
  status: { observedGeneration: '3', ...status },
})
const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const seen = 'rollout.argoproj.io/workload-generation'

test.each<[what: string, Parts, phase: string]>([
  [
    'an older generation that was observed',
    { generation: 4 },
    'Progressing - waiting for rollout spec update to be observed',
  ],
  ['one that is not its own', { status: { observedGeneration: '9', phase: 'Healthy' } }, 'Healthy'],
  ['the hash of an old controller', { status: { observedGeneration: '7d8f', phase: 'Healthy' } }, 'Healthy'],
  [
    'a pause that somebody has just ended',
    { status: { controllerPause: true, phase: 'Paused' } },
    'Progressing - waiting for rollout to unpause',
  ],
  [
    'a template by reference that was not worked in',
    {
      spec: { workloadRef },
      annotations: { [seen]: '2' },
      status: { workloadObservedGeneration: '1', phase: 'Healthy' },
    },
    'Progressing - waiting for rollout spec update to be observed',
  ],
  ['its own word', { status: { phase: 'Paused', message: 'CanaryPauseStep' } }, 'Paused - CanaryPauseStep'],
  [
    'an invalid one, by hand',
    { status: { conditions: [{ type: 'InvalidSpec', reason: 'InvalidSpec', message: 'no' }] } },
    'Degraded - InvalidSpec: no',
  ],
  [
    'an aborted one, by hand',
    { status: { conditions: [{ type: 'Progressing', reason: 'RolloutAborted', message: 'gone' }] } },
    'Degraded - RolloutAborted: gone',
  ],
  ['a manual pause, by hand', { spec: { paused: true } }, 'Paused - manually paused'],
  ['a restart, by hand', { spec: { restartAt: 'x' } }, 'Progressing - rollout has not restarted all of its pods'],
  [
    'too few pods, by hand',
    { spec: { replicas: 2 }, status: { updatedReplicas: 1 } },
    'Progressing - more replicas need to be updated',
  ],
  [
    'a healthy one, by hand',
    { spec: { replicas: 1 }, status: { updatedReplicas: 1, availableReplicas: 1, stableRS: 'a', currentPodHash: 'a' } },
    'Healthy',
  ],
])('the phase of %s', (_what, parts, said) => {
  const { phase, message } = phaseOf(rollout(parts))
  expect(message === '' ? phase : `${phase} - ${message}`).toBe(said)
})

test('a step in words, whatever it is', () => {
  const steps = [
    { setWeight: 20 },
    { pause: {} },
    { pause: { duration: '10m' } },
    { pause: { duration: 30 } },
    { setCanaryScale: { replicas: 3 } },
    { analysis: { templates: [{ templateName: 'a' }, { templateName: 'b' }] } },
    { experiment: { templates: [{ name: 'base' }] } },
    { setHeaderRoute: { name: 'x' } },
    { setMirrorRoute: { name: 'y', percentage: 10 } },
    { plugin: { name: 'z' } },
  ]
  expect(steps.map(stepWords)).toEqual([
    'set weight 20 %',
    'pause until it is promoted',
    'pause for 10m',
    'pause for 30s',
    'scale the canary to 3 replicas',
    'run analysis a, b',
    'run an experiment with base',
    'route headers by x',
    'mirror 10 % of the traffic by y',
    'run plugin z',
  ])
})

test('what comes next goes up to where somebody has to decide', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { setWeight: 80 }]
  const of = rollout({ spec: { strategy: { canary: { steps } } } })
  expect(nextWords(of, 0)).toBe('step 1/4: set weight 20 %, then pause until it is promoted')
  expect(nextWords(of, 2)).toBe(
    'step 3/4: set weight 50 %, then set weight 80 %, then the new version becomes the stable one',
  )
  expect(nextWords(of, 4)).toContain('becomes the stable one once all of its pods are available')
})

test('the weight is that of the last step that sets one, none when aborted, all past the end', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }]
  const weight = (status: RolloutStatus) =>
    setWeightOf(
      rollout({ spec: { strategy: { canary: { steps } } }, status: { stableRS: 'a', currentPodHash: 'b', ...status } }),
    )
  expect(weight({ currentStepIndex: 1 })).toBe(20)
  expect(weight({ currentStepIndex: 2 })).toBe(50)
  expect(weight({ currentStepIndex: 3 })).toBe(100)
  expect(weight({ currentStepIndex: 1, abort: true })).toBe(0)
  expect(weight({ currentStepIndex: 0, stableRS: 'b' })).toBe(100)
  expect(setWeightOf(rollout({ spec: { strategy: { blueGreen: {} } } }))).toBeUndefined()
})
