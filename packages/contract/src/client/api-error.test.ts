import { expect, it } from 'vitest'
import { ApiError } from './api-error.ts'

it('has a name, a cause, and nothing else where nothing was answered', () => {
  const cause = new TypeError('fetch failed')
  const error = new ApiError(0, undefined, undefined, cause)
  expect(error).toMatchObject({ name: 'ApiError', status: 0, cause, body: {} })
  expect([error.code, error.requestId, error.retryAfter]).toEqual([undefined, undefined, undefined])
})

it.each([
  [{ code: 'engine_unreachable', detail: { code: 'INNER' } }, 'engine_unreachable'],
  [{ code: 7, detail: { code: 'INNER' } }, 'INNER'],
  [{ detail: { code: 7 } }, undefined],
  [{ detail: null }, undefined],
  [{ detail: 'Not found' }, undefined],
  [null, undefined],
])('the code of %j is %s', (body, code) => {
  expect(new ApiError(400, body).code).toBe(code)
})

it.each([
  ['a page of HTML', {}],
  [null, {}],
  [{ run_id: 'R' }, { run_id: 'R' }],
])('of the body %j, %j is kept', (body, kept) => {
  expect(new ApiError(409, body).body).toEqual(kept)
})

it('a time to wait that is no number of seconds is none', () => {
  expect(new ApiError(429, {}, new Headers({ 'retry-after': 'Wed, 21 Oct' })).retryAfter).toBeUndefined()
  expect(new ApiError(429, {}, new Headers()).retryAfter).toBeUndefined()
  expect(new ApiError(429, {}, new Headers({ 'retry-after': '0' })).retryAfter).toBe(0)
})
