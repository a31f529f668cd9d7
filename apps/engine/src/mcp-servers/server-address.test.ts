import { SchemaRefusal } from '@fairlead/contract/errors'
import { expect, test } from 'vitest'
import { readServerAddress } from './server-address.ts'

test.each([
  [' https://tools.example/mcp/ ', 'https://tools.example/mcp'],
  ['http://127.0.0.1:9000/mcp?tenant=a', 'http://127.0.0.1:9000/mcp?tenant=a'],
  ['http://10.0.0.1/mcp', 'http://10.0.0.1/mcp'],
])('%s', (text, url) => {
  expect(readServerAddress(text)).toBe(url)
})

test.each([
  'tools.example',
  'ftp://tools.example',
  'https://a:b@tools.example',
  'https://tools.example/#a',
  'http://169.254.169.254/latest',
  'http://0xa9fea9fe/',
  'http://2852039166/',
  'http://[fe80::1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[fd00:ec2::254]/',
  'http://metadata.google.internal./',
  'http://100.100.100.200/',
])('%s is refused', (text) => {
  expect(() => readServerAddress(text)).toThrow(SchemaRefusal)
})
