import { ApiError } from '@fairlead/contract/client/api-error'
import { expect, test } from 'vitest'
import { decisionRefused } from './decision-refused.ts'
import { scaling } from './waiting-call.fixture.ts'

const item = (own: object = {}) => ({
  call_id: 'call_1',
  conversation_id: 'c1',
  requester: { id: 'u', email: 'ada@example.com', name: '' },
  request: 'scale',
  tool: 'k8s_scale',
  title: 'Scale',
  effect: scaling().effect,
  args_digest: 'a'.repeat(64),
  effect_digest: 'f'.repeat(64),
  revision: 2,
  status: 'awaiting_approval',
  required: { approvers: 1, not_requester: false, reason: false, passkey: false },
  votes: [],
  policies: [],
  expires_at: null,
  ...own,
})

test('another effect is what waits now, with the arguments that are still the same', () => {
  const error = new ApiError(409, { detail: 'The effect has changed', current: item() })
  const refused = decisionRefused(error, scaling())
  expect(refused).toMatchObject({
    sentence: 'The effect has changed. Nothing was decided.',
    current: { effectDigest: 'f'.repeat(64), revision: 2, args: { name: 'web', replicas: 5 } },
  })
})

test('a reason that is missing is asked for with the next answer', () => {
  const error = new ApiError(400, { detail: { code: 'REASON_REQUIRED', reason: 'Say why.' } })
  expect(decisionRefused(error, scaling())?.current?.required?.reason).toBe(true)
})

test('other arguments are not shown as those that were read', () => {
  const error = new ApiError(409, {
    detail: 'Tool call arguments have changed',
    current: item({ args_digest: 'b'.repeat(64) }),
  })
  expect(decisionRefused(error, scaling())?.current?.args).toBeUndefined()
})

test.each([
  [
    'decided before',
    409,
    { detail: 'Tool call is already decided', decision: 'denied', decided_by: 'bob@example.com', current: item() },
    'It was decided before: denied by bob@example.com.',
  ],
  [
    'expired',
    409,
    { detail: 'Tool call is already decided', decision: 'expired' },
    'It expired before it was decided.',
  ],
  ['closed', 409, { detail: 'The effect has changed', current: item({ status: 'expired' }) }, 'The effect has changed'],
  [
    'voted',
    409,
    { detail: 'You have already voted', code: 'ALREADY_VOTED', current: item() },
    'You have already voted',
  ],
  ['not allowed', 403, { detail: { code: 'DECISION_NOT_ALLOWED', reason: 'Not yours.' } }, 'Not yours.'],
  ['gone', 404, { detail: 'Tool call not found' }, 'Tool call not found'],
])('%s leaves nothing to decide, and says so', (_, status, body, said) => {
  const refused = decisionRefused(new ApiError(status, body), scaling())
  expect(refused?.sentence).toContain(said)
  expect(refused?.current).toBeUndefined()
})

test.each([0, 401, 429, 500])('a fault of status %i says nothing about the decision', (status) => {
  expect(decisionRefused(new ApiError(status, { detail: 'no' }), scaling())).toBeUndefined()
})
