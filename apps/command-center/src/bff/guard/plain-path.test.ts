import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlainPath } from './plain-path.ts'

test.each([
  '/',
  '/chat/0b0e3a52-7d11-4f62-8d0c-0a3d9d9f0001',
  '/api/v1/approvals/call:1.2_3-4',
  '/api/v1/approvals/call%3A1',
  '/api/v1/conversations/',
  '/_next/static/chunks/app/%5Bid%5D/page~1.js',
])('%s is plain', (path) => {
  expect(isPlainPath(path)).toBe(true)
})

test.each([
  ['', 'nothing'],
  ['api/v1', 'no slash at the start'],
  ['*', 'the server itself'],
  ['http://elsewhere/api/v1/auth/me', 'an address'],
  ['//elsewhere/api', 'another host'],
  ['/api/v1/conversations//x', 'an empty segment'],
  ['/api/v1/conversations/.', 'the same folder'],
  ['/api/v1/conversations/..', 'the folder above'],
  ['/api/v1/conversations/../auth/me', 'a step up'],
  ['/api/v1/conversations/%2e%2e/auth/me', 'an encoded step up'],
  ['/api/v1/conversations/%2E', 'an encoded dot'],
  ['/api/v1/conversations/..%2fauth', 'an encoded slash'],
  ['/api/v1/conversations/..%5Cauth', 'an encoded backslash'],
  ['/api/v1/conversations/..\\auth', 'a backslash'],
  ['/api/v1/conversations/%252e%252e', 'an encoded percent sign'],
  ['/api/v1/conversations/%00', 'NUL'],
  ['/api/v1/conversations/%0d%0aset-cookie', 'a line end'],
  ['/api/v1/conversations/%7f', 'a control character'],
  ['/api/v1/conversations/%c2%85', 'a control character of two bytes'],
  ['/api/v1/conversations/%ff', 'bytes that are no text'],
  ['/api/v1/conversations/%c0%ae%c0%ae', 'an overlong dot'],
  ['/api/v1/conversations/%', 'half an escape'],
  ['/api/v1/conversations/%u002e', 'an escape of another kind'],
  ['/api/v1/conversations/a b', 'a space'],
  ['/api/v1/conversations/ä', 'a character that has to be encoded'],
  ['/api/v1/auth/me#x', 'a fragment'],
  ['/api/v1/auth/me?x', 'a query'],
  ['/%61pi/v1/auth/me', 'the API in disguise'],
  [`/api/v1/${'a'.repeat(10_000)}`, 'very many characters'],
])('%s is refused: %s', (path) => {
  expect(isPlainPath(path)).toBe(false)
})

test('a URL parser reads a plain path as it stands', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '\\',
      '%25',
      '%00',
      '%61',
      '~',
      ':',
      'auth',
      'me',
      '\t',
      '?',
      '#',
      '@',
      ';',
    ),
    fc.string({ maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = `/${pieces.join('')}`
      if (!isPlainPath(path)) return
      const { pathname, host, search, hash } = new URL(path, 'http://page')
      expect({ pathname, host, search, hash }).toEqual({ pathname: path, host: 'page', search: '', hash: '' })
      expect(decodeURIComponent(path).split('/')).not.toContain('..')
    }),
    { numRuns: 5000 },
  )
})
