import { expect, it } from 'vitest'
import { withoutParameters } from './without-parameters.ts'

const reason = new Error('null value in column "body"')
const failed = new Error('Failed query: insert into users values ($1)\nparams: argon2-hash', { cause: reason })

it('tells why a statement failed, not what it held', () => {
  expect(withoutParameters(failed)).toBe(reason)
})

it('finds the statement behind another error', () => {
  const safe = withoutParameters(new TypeError('The run failed', { cause: failed })) as Error
  expect(safe).toMatchObject({ name: 'TypeError', message: 'The run failed' })
  expect(safe.cause).toBe(reason)
})

it('leaves other errors and values as they are', () => {
  const other = new Error('x')
  expect(withoutParameters(other)).toBe(other)
  expect(withoutParameters('text')).toBe('text')
})
