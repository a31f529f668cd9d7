import { newPosition } from '@fairlead/agent/position'
import { expect, test, vi } from 'vitest'
import type { CallRow } from '../../event-log/record/calls.ts'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import type { CallOutcome } from '../end-call.ts'
import type { Step } from '../run-record.ts'
import type { Found } from './reconcile-write.ts'
import { createRecoverAttempt } from './recover-attempt.ts'

const position = newPosition({ run_id: 'r', conversation_id: 'c', user_id: 'u', start_time: 0 })
const call = { call_id: 'c1', tool: 'k8s_scale', revision: 1 } as unknown as CallRow
const approved = { call, approval: { effect: { summary: 'Scale web 3 → 5' } } } as unknown as ApprovedCall
const sent = { attemptId: 'a1', position, mayResend: true, progress: '' }
const ref = { cluster: 'default', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

function setUp(found: Found) {
  const steps: Step[] = []
  const concluded: { outcome: CallOutcome['outcome']; recovered?: boolean; error?: string }[] = []
  const reconcile = vi.fn(async () => found)
  const startAttempt = vi.fn(async () => ({ attemptId: 'a2', token: 'second', until: 60_000 }))
  const recover = createRecoverAttempt({
    commitStep: async (step) => {
      steps.push(step)
      return true
    },
    conclude: async (_, { recovered }, end) => {
      concluded.push({ outcome: end.outcome, recovered, ...('error' in end && { error: end.error }) })
      return 'done'
    },
    reconcile,
    startAttempt,
  })
  return { recover, steps, concluded, reconcile, startAttempt }
}

test('objects that are as approved are a success that was recovered', async () => {
  const { recover, concluded } = setUp({ kind: 'succeeded', objects: [{ ref, outcome: 'succeeded' }] })
  expect(await recover(approved, sent, 'Lost.')).toEqual({ end: 'done' })
  expect(concluded).toEqual([{ outcome: 'succeeded', recovered: true }])
})

test('a write that has not begun is sent once more, as an attempt of its own, and no third time', async () => {
  const { recover, steps, concluded, startAttempt } = setUp({ kind: 'not-begun', read: 'as before.' })
  const settled = await recover(approved, sent, 'Lost.')
  expect(settled).toMatchObject({ sendNext: { attemptId: 'a2', token: 'second', mayResend: false } })
  expect(startAttempt).toHaveBeenCalledWith(approved, { position, isFirst: false })
  expect(steps).toMatchObject([{ audit: [{ type: 'attempt.ended', data: { attempt: 'a1', outcome: 'unknown' } }] }])
  expect(concluded).toEqual([])
})

test.each([
  ['that was sent twice', { ...sent, mayResend: false }],
  ['of a run that has ended', { ...sent, silent: true }],
])('a write %s is not sent again: its outcome is unknown', async (_, attempt) => {
  const { recover, concluded, startAttempt } = setUp({
    kind: 'not-begun',
    read: 'the objects are as they were before.',
  })
  expect(await recover(approved, attempt, 'Lost.')).toEqual({ end: 'done' })
  expect(startAttempt).not.toHaveBeenCalled()
  const error = 'Lost. It may have taken effect: the objects are as they were before.'
  expect(concluded).toEqual([{ outcome: 'unknown', recovered: undefined, error }])
})

test('what is unclear is unknown, and says what was read', async () => {
  const { recover, concluded } = setUp({
    kind: 'unclear',
    read: 'Deployment web is neither as before nor as approved.',
  })
  await recover(approved, sent, 'Lost.')
  expect(concluded).toMatchObject([{ outcome: 'unknown', error: expect.stringContaining('neither as before') }])
})

test('of a run that is given up nothing is read', async () => {
  const { recover, concluded, reconcile } = setUp({ kind: 'succeeded', objects: [] })
  await recover(approved, { ...sent, isGivenUp: true }, 'Lost.')
  expect(reconcile).not.toHaveBeenCalled()
  expect(concluded).toMatchObject([{ outcome: 'unknown' }])
})
