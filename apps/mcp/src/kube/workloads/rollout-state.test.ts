import { expect, test } from 'vitest'
import { rolloutState } from './rollout-state.ts'

const finished = {
  Deployment: {
    spec: { replicas: 3 },
    status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 },
  },
  DaemonSet: {
    spec: { updateStrategy: { type: 'RollingUpdate' } },
    status: { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
  },
  StatefulSet: {
    spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } },
    status: { observedGeneration: 2, readyReplicas: 3, updatedReplicas: 3, currentRevision: 'b', updateRevision: 'b' },
  },
}

function aWorkload(kind: keyof typeof finished, spec: object = {}, status: object = {}) {
  return {
    kind,
    metadata: { name: 'web', generation: 2 },
    spec: { ...finished[kind].spec, ...spec },
    status: { ...finished[kind].status, ...status },
  }
}

test.each(['Deployment', 'DaemonSet', 'StatefulSet'] as const)('a finished %s is done', (kind) => {
  expect(rolloutState(aWorkload(kind))).toEqual({ done: true, message: `${kind} "web" successfully rolled out` })
})

test.each(['Deployment', 'DaemonSet', 'StatefulSet'] as const)('a %s whose spec was not observed waits', (kind) => {
  const state = rolloutState(aWorkload(kind, {}, { observedGeneration: 1 }))
  expect(state).toEqual({ done: false, message: 'Waiting: the new specification has not been observed yet' })
})

test.each([
  ['Deployment', {}, { updatedReplicas: 1 }, 'Waiting: 1 of 3 new replicas have been updated'],
  [
    'Deployment',
    { paused: true },
    { updatedReplicas: 1 },
    'Waiting: 1 of 3 new replicas have been updated (it is paused)',
  ],
  ['Deployment', {}, { replicas: 5 }, 'Waiting: 2 old replicas are pending termination'],
  ['Deployment', {}, { availableReplicas: 2 }, 'Waiting: 2 of 3 updated replicas are available'],
  ['DaemonSet', {}, { updatedNumberScheduled: 2 }, 'Waiting: 2 of 3 new pods have been updated'],
  ['DaemonSet', {}, { numberAvailable: 0 }, 'Waiting: 0 of 3 updated pods are available'],
  ['StatefulSet', {}, { readyReplicas: 2 }, 'Waiting: 2 of 3 pods are ready'],
  ['StatefulSet', {}, { currentRevision: 'a', updatedReplicas: 1 }, 'Waiting: 1 pods are at revision b'],
] as const)('%s %j %j waits', (kind, spec, status, message) => {
  expect(rolloutState(aWorkload(kind, spec, status))).toEqual({ done: false, message })
})

const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }

test('a partition is done when its share is updated, though the revisions differ', () => {
  const ahead = { currentRevision: 'a', updatedReplicas: 1 }
  expect(rolloutState(aWorkload('StatefulSet', partition, ahead)).done).toBe(true)
  expect(rolloutState(aWorkload('StatefulSet', partition, { ...ahead, updatedReplicas: 0 })).message).toBe(
    'Waiting: 0 of 1 pods of the partition have been updated',
  )
})

test('a Deployment past its deadline is an error, whatever its counts say', () => {
  const conditions = [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }]
  expect(rolloutState(aWorkload('Deployment', {}, { conditions, updatedReplicas: 1 }))).toEqual({
    done: false,
    message: 'Deployment "web" exceeded its progress deadline',
    error: 'deadline-exceeded',
  })
})

test.each(['DaemonSet', 'StatefulSet'] as const)('a %s with OnDelete has no rollout', (kind) => {
  const state = rolloutState(aWorkload(kind, { updateStrategy: { type: 'OnDelete' } }, { observedGeneration: 1 }))
  expect(state).toMatchObject({ done: true, error: 'no-rollout' })
})

test('a kind without a rollout is done as it stands', () => {
  expect(rolloutState({ kind: 'ConfigMap', metadata: { name: 'web' } })).toEqual({
    done: true,
    message: 'ConfigMap has no rollout',
  })
})
