import { expect, it } from 'vitest'
import { ApiError } from './api-error.ts'
import { errorText } from './error-text.ts'

it.each([
  [{ detail: 'Conversation not found' }, 'Conversation not found'],
  [{ detail: 'The server cannot be read', reason: 'It sent no list.' }, 'The server cannot be read: It sent no list.'],
  [{ detail: 'The server cannot be read', reason: '' }, 'The server cannot be read'],
  [{ detail: 'The server cannot be read', reason: 7 }, 'The server cannot be read'],
  [{ detail: { code: 'POLICY_DENIED', reason: 'Not on a Friday.' } }, 'Not on a Friday.'],
  [{ detail: { code: 'REASON_REQUIRED', reason: '' } }, 'REASON_REQUIRED'],
  [
    {
      detail: [
        { loc: ['body', 'email'], msg: 'not an address' },
        { loc: ['body', 'messages', 0, 'content'], msg: 'too long' },
        { loc: ['body'], msg: 'no JSON' },
      ],
    },
    'email: not an address, messages.0.content: too long, no JSON',
  ],
  [{ detail: { code: 'POLICY_DENIED', reason: 7 } }, 'POLICY_DENIED'],
  [{ detail: [null, { msg: 'no JSON' }, { loc: ['body'], msg: 7 }] }, 'no JSON'],
  [{ detail: [{ loc: 'body', msg: 'no JSON' }] }, 'no JSON'],
  [{ status: 'error', error_message: 'It failed.' }, 'It failed.'],
  [{ detail: '', error_message: 'It failed.' }, 'It failed.'],
  [{ detail: null, error_message: 'It failed.' }, 'It failed.'],
  [{ detail: { code: 7 }, error_message: 'It failed.' }, 'It failed.'],
  [{ error_message: 7 }, undefined],
  [{ detail: {} }, undefined],
  [{ detail: [] }, undefined],
  [{ detail: 7 }, undefined],
  ['text', undefined],
  [undefined, undefined],
  [null, undefined],
])('%j reads as %s', (body, text) => {
  expect(errorText(body)).toBe(text)
})

it('an error says something in every case, and keeps what a client acts by', () => {
  const conflict = new ApiError(409, { detail: 'A run is already in progress', run_id: 'R' })
  expect(conflict).toMatchObject({ message: 'A run is already in progress', status: 409, body: { run_id: 'R' } })
  expect(new ApiError(0, undefined).message).toBe('The engine cannot be reached')
  expect(new ApiError(500, 'a page of HTML').message).toBe('The engine answered 500')
  const busy = new ApiError(
    429,
    { detail: 'Too Many Requests' },
    new Headers({ 'retry-after': '7', 'x-request-id': 'Q' }),
  )
  expect(busy).toMatchObject({ retryAfter: 7, requestId: 'Q', code: undefined })
  expect(new ApiError(403, { detail: { code: 'DECISION_NOT_ALLOWED', reason: 'no' } }).code).toBe(
    'DECISION_NOT_ALLOWED',
  )
  expect(new ApiError(502, { detail: 'away', code: 'engine_unreachable' }).code).toBe('engine_unreachable')
})
