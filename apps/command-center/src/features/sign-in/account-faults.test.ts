import { expect, test } from 'vitest'
import { accountFaults } from './account-faults.ts'

const good = { full_name: 'Ada', email: 'ada@example.com', password: '12345678' }

test('an account that can be made has no fault', () => expect(accountFaults(good)).toEqual({}))

test.each([
  [{ full_name: '' }, 'full_name'],
  [{ email: 'ada' }, 'email'],
  [{ email: 'ada@example' }, 'email'],
  [{ email: 'a da@example.com' }, 'email'],
  [{ password: '1234567' }, 'password'],
  // Counted as a person counts.
  [{ password: '🙂🙂🙂🙂' }, 'password'],
])('%j is a fault of %s alone', (change, field) => {
  expect(Object.keys(accountFaults({ ...good, ...change }))).toEqual([field])
})
