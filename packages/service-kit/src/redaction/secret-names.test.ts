import { expect, test } from 'vitest'
import { isSecretField, isSecretName } from './secret-names.ts'

test.each([
  ...['password', 'passwd', 'passphrase', 'secret', 'token', 'apikey', 'api_key', 'api-key', 'privateKey'],
  ...['access_key', 'authorization', 'cookie', 'credential', 'credentials', 'connectionString', 'connection_string'],
  'connection-string',
])('%s is a secret, as a field and as a name, alone and at the end', (name) => {
  for (const each of [name, `my${name}`, `MY_${name.toUpperCase()}`]) {
    expect(isSecretField(each)).toBe(true)
    expect(isSecretName(each)).toBe(true)
  }
  expect(isSecretField(`${name}X`)).toBe(false)
})

test.each([
  ...['pass', 'password', 'passwd', 'passphrase', 'secret', 'token', 'api_key', 'apikey', 'private-key', 'accessKey'],
  ...['credential', 'dsn', 'connectionString', 'connection_string', 'connection-string'],
])('a name that people gave says secret wherever %s is in it', (name) => {
  expect(isSecretName(`my_${name}_of`)).toBe(true)
  expect(isSecretName(name.toUpperCase())).toBe(true)
})

test.each(['key', 'keys', 'user', 'connection', 'api', 'cookies', 'authorizationMode', ''])('%j is none', (name) => {
  expect(isSecretField(name)).toBe(false)
  expect(isSecretName(name)).toBe(false)
})
