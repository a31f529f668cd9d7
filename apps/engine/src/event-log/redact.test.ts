import { expect, test } from 'vitest'
import { redact, redactText } from './redact.ts'

const token = `eyJ${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}`

test.each([
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', 'MIIabc'],
  ['a private key that was cut', '-----BEGIN PRIVATE KEY-----\nMIIabc', 'MIIabc'],
  ['a JSON web token', `got ${token} back`, token],
  ['an Authorization header', 'Authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  ['a bearer', 'sent bearer abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnopqrstuvwxyz'],
  ['a password in a URL', 'postgres://shop:hunter2@db:5432/shop', 'hunter2'],
  ['an AWS key', 'key AKIAIOSFODNN7EXAMPLE used', 'AKIAIOSFODNN7EXAMPLE'],
  ['a Google key', `AIza${'x'.repeat(35)}`, 'x'.repeat(35)],
  ['a GitHub token', `ghp_${'x'.repeat(36)}`, 'x'.repeat(36)],
  ['a provider key', 'sk-proj-abcdefghijklmnop', 'abcdefghijklmnop'],
  ['a password in a log line', 'login password=hunter2 failed', 'hunter2'],
  ['a password in YAML', 'db_password: hunter2', 'hunter2'],
  ['a password with a backslash', 'password=hun\\ter2 failed', 'ter2'],
  ['a token in JSON text', '{"refresh_token": "hunter22"}', 'hunter22'],
  ['a token in an environment', 'SLACK_TOKEN=hunter22', 'hunter22'],
])('%s is hidden, once and for all', (_, text, secret) => {
  const once = redactText(text)
  expect(once).not.toContain(secret)
  expect(once).toContain('[redacted]')
  expect(redactText(once)).toBe(once)
  const line = JSON.stringify(`before\n${text}\n\t${text}`)
  expect(redactText(line)).not.toContain(secret)
})

test.each([
  'Deployment web in shop scaled from 3 to 5',
  'image: registry.example/shop/web:1.2.3@sha256:abc',
  'https://github.com/a/b and user@example.com',
  'prompt_tokens: 500',
  'secretName: db-credentials',
])('%s stays as it is', (text) => {
  expect(redactText(text)).toBe(text)
})

test('fields whose name says secret are hidden whole, others are searched', () => {
  expect(
    redact({ env: [{ dbPassword: 'hunter2' }], secretName: 'db', total_tokens: 3, token: '', note: `x ${token}` }),
  ).toEqual({
    env: [{ dbPassword: '[redacted]' }],
    secretName: 'db',
    total_tokens: 3,
    token: '',
    note: 'x [redacted]',
  })
})

test('a long hostile text takes no time worth naming', () => {
  const started = performance.now()
  for (const piece of ['a.', 'a-', 'eyJ-', '\\neyJ', '\\na+', '-----BEGIN ', 'password', 'x://'])
    redactText(piece.repeat(100_000))
  expect(performance.now() - started).toBeLessThan(2000)
})
