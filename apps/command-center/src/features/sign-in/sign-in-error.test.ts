import { ApiError } from '@fairlead/contract/client/api-error'
import { describe, expect, it } from 'vitest'
import { signInError } from './sign-in-error.ts'

describe('signInError', () => {
  it('is the same for a wrong address and a wrong password', () => {
    const texts = [400, 401].map((status) => signInError(new ApiError(status, { detail: 'LOGIN_BAD_CREDENTIALS' })))
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).not.toContain('LOGIN_BAD')
  })

  it('says how long to wait', () => {
    const after = (seconds: string) => signInError(new ApiError(429, {}, new Headers({ 'retry-after': seconds })))
    expect(after('12')).toContain('12 s')
    expect(after('300')).toContain('5 min')
    expect(signInError(new ApiError(429, {}))).toContain('Wait a moment')
  })

  it('tells an engine that is away from a refusal, and names the request of a failure', () => {
    expect(signInError(new ApiError(0, undefined))).toContain('cannot be reached')
    expect(signInError(new ApiError(502, { code: 'engine_unreachable' }))).toContain('cannot be reached')
    const failure = new ApiError(500, { detail: 'Internal error' }, new Headers({ 'x-request-id': 'r-77' }))
    expect(signInError(failure)).toBe('Internal error (request r-77)')
    expect(signInError(new TypeError('x'))).toBe('Signing in failed. Try again.')
  })
})
