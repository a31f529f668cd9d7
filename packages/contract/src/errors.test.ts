import { expect, test } from 'vitest'
import { Refusal } from './errors.ts'

test.each([
  ['alreadyDecided', 'Tool call is already decided', 'ALREADY_DECIDED'],
  ['alreadyVoted', 'You have already voted', 'ALREADY_VOTED'],
  ['argumentsChanged', 'Tool call arguments have changed', 'ARGUMENTS_CHANGED'],
  ['effectChanged', 'The effect has changed', 'EFFECT_CHANGED'],
  ['effectUnknown', 'The effect is not known yet', 'EFFECT_UNKNOWN'],
] as const)('%s keeps its text and has a code beside it', (name, detail, code) => {
  const refusal = new Refusal(name, { fields: { current: 'the call' } })
  expect([refusal.status, refusal.body]).toEqual([409, { detail, code, current: 'the call' }])
})

test('a code without a text of its own is sent with the reason', () => {
  const { body } = new Refusal('decisionNotAllowed', { reason: 'You asked for it.' })
  expect(body).toEqual({ detail: { code: 'DECISION_NOT_ALLOWED', reason: 'You asked for it.' } })
})

test('a refusal without a code has its text alone', () => {
  expect(new Refusal('forbidden').body).toEqual({ detail: 'Forbidden' })
})
