import { expect, test } from 'vitest'
import { addressFault, loginFault } from './login-faults.ts'

test.each([
  ['https://ci.example/jenkins', undefined],
  [' http://ci.example:8080 ', undefined],
  ['ci.example', 'It must be an address of https or http.'],
  ['ftp://ci.example', 'It must be an address of https or http.'],
  ['', 'It must be an address of https or http.'],
  ['https://a@ci.example', 'It must not have a user name or a password in it.'],
  ['https://ci.example/?a=b', 'It must not have a query or a fragment in it.'],
])('an address %s', (value, fault) => {
  expect(addressFault(value)).toBe(fault)
})

test('a line break pasted along with a token is said', () => {
  expect(loginFault('11d8: a #b')).toBeUndefined()
  for (const value of ['a\n', 'a\u0000', 'a\u2028b'])
    expect(loginFault(value)).toBe('It must not have control characters or line breaks in it.')
})
