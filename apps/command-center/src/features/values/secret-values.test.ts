import { expect, test } from 'vitest'
import { isSecretAt, isSecretKey } from './secret-values.ts'

test.each(['password', 'DB_PASSWORD', 'token', 'apiToken', 'api_key', 'clientSecret', 'Authorization'])(
  'the value of %s is a secret',
  (key) => expect(isSecretKey(key)).toBe(true),
)

test.each(['secretName', 'tokens_used', 'passwordPolicy', 'name', 'image'])('the value of %s is none', (key) =>
  expect(isSecretKey(key)).toBe(false),
)

test('values are secrets by where they stand', () => {
  const root = {
    kind: 'List',
    items: [
      { kind: 'Secret', data: { tls: { crt: 'x' } }, stringData: { user: 'y' }, type: 'Opaque' },
      { kind: 'ConfigMap', data: { user: 'y' } },
    ],
    env: [
      { name: 'DB_PASSWORD', value: 'p' },
      { name: 'PORT', value: '80' },
    ],
  }
  expect(isSecretAt(root, ['items', '0', 'data', 'tls', 'crt'])).toBe(true)
  expect(isSecretAt(root, ['items', '0', 'stringData', 'user'])).toBe(true)
  expect(isSecretAt(root, ['items', '0', 'type'])).toBe(false)
  expect(isSecretAt(root, ['items', '1', 'data', 'user'])).toBe(false)
  expect(isSecretAt(root, ['env', '0', 'value'])).toBe(true)
  expect(isSecretAt(root, ['env', '1', 'value'])).toBe(false)
  expect(isSecretAt(null, ['password'])).toBe(true)
  expect(isSecretAt('text', [])).toBe(false)
})
