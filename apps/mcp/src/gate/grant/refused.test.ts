import { expect, test } from 'vitest'
import { permitOver } from './refused.ts'

test('a permit whose time is over before the write says so', () => {
  expect(permitOver()).toMatchObject({
    code: 'Refused',
    message: 'the time of the approval was over before the write could be sent, so it was not sent.',
    data: { grant_error: 'expired' },
  })
})
