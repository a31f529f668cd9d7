import { expect, test } from 'vitest'
import { isReadableOnTheWay, serverAddress } from './server-address.ts'

test.each([
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/api/v1'],
  ['https://ops.example.com/', 'https://ops.example.com/api/v1'],
  ['https://ops.example.com/fairlead/api/v1/', 'https://ops.example.com/fairlead/api/v1'],
])('%s is %s', (given, address) => {
  expect(serverAddress(given)).toBe(address)
})

test.each(['ops.example.com', 'ftp://ops', 'http://ada:secret@ops', 'http://ops/?a=b', ''])(
  '%j is refused',
  (given) => {
    expect(() => serverAddress(given)).toThrow('--server')
  },
)

test.each([
  ['http://127.0.0.1:3000/api/v1', false],
  ['http://localhost/api/v1', false],
  ['http://[::1]:3000/api/v1', false],
  ['https://ops.example.com/api/v1', false],
  ['http://ops.example.com/api/v1', true],
  ['http://127.0.0.1.example.com/api/v1', true],
])('what is sent to %s can be read on the way: %s', (server, isReadable) => {
  expect(isReadableOnTheWay(server)).toBe(isReadable)
})
