import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactColouredText, redactObject, redactText } from './redact.ts'

const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj'
const key = `-----BEGIN RSA PRIVATE KEY-----\n${body}\n${body}\nQmFzZTY0\n-----END RSA PRIVATE KEY-----`
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'

test('secrets are hidden, of what is to be written by their shape alone', () => {
  expect(redactText(`password=hunter2 ${jwt}`)).toBe('password=*** ***')
  expect(redactText(`password=hunter2 ${jwt}`, 'written')).toBe('password=hunter2 ***')
})

test.each([
  ['colour', '\u001b[31mred\u001b[0m', 'red'],
  ['cursor movements', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
  ['a window title', 'a\u001b]0;title\u0007b', 'ab'],
  ['a link', '\u001b]8;;https://evil\u001b\\text\u001b]8;;\u001b\\', 'text'],
  ['an escape that never ends, at its line', 'a\u001b]0;evil\nb', 'a\nb'],
  ['eight-bit sequences', 'a\u009b31mb', 'ab'],
  ['other control characters', 'a\u0000\u0007\u0008b\tc', 'ab\tc'],
  ['text that runs the other way', 'a\u202eb', 'ab'],
])('removes %s', (_, text, expected) => {
  expect(redactText(text)).toBe(expected)
})

test('a carriage return becomes a newline', () => {
  expect(redactText('10%\r20%\r\ndone')).toBe('10%\n20%\ndone')
})

test('a secret broken up by escape sequences is still found', () => {
  expect(redactText('AKIA\u001b[0mIOSFODNN7EXAMPLE')).toBe('***')
  expect(redactColouredText('\u001b[31mAKIA\u001b[0mIOSFODNN7EXAMPLE')).toBe('***')
})

test('live output keeps colour and nothing else', () => {
  expect(redactColouredText('\u001b[31mred\u001b[0m\u001b[2J\u0007\u001b')).toBe('\u001b[31mred\u001b[0m')
})

test('nothing of a control character is ever left, and a second pass changes nothing', () => {
  const hostile = fc.array(
    fc.constantFrom(
      '\u001b',
      '[',
      ']',
      '31m',
      '\u009b',
      '\u0000',
      '\r',
      '\n',
      'a',
      'eyJ',
      '.',
      '@',
      '://',
      'Bearer ',
      key,
    ),
  )
  fc.assert(
    fc.property(hostile, (parts) => {
      const once = redactText(parts.join(''))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(once).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      expect(redactText(once)).toBe(once)
    }),
  )
})

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"aHVudGVyMg=="}}', team: 'shop' },
  },
  type: 'Opaque',
  data: { password: 'aHVudGVyMg==', empty: '' },
  stringData: { url: 'päss' },
}

test('values of a Secret become their size and its last-applied annotation goes', () => {
  expect(redactObject(secret)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', annotations: { team: 'shop' } },
    type: 'Opaque',
    data: { password: '***(7 bytes)', empty: '***(0 bytes)' },
    stringData: { url: '***(5 bytes)' },
  })
})

test('a Secret is found in a list, typed or not, and inside other objects', () => {
  const { kind: _, apiVersion: __, ...untyped } = secret
  for (const holder of [
    { kind: 'List', items: [secret] },
    { kind: 'SecretList', items: [untyped] },
    { kind: 'Bundle', spec: { objects: [secret] } },
  ]) {
    expect(JSON.stringify(redactObject(holder))).not.toMatch(/aHVudGVyMg|päss/)
    expect(JSON.stringify(redactObject(holder))).toContain('***(7 bytes)')
  }
})

test('no value of any Secret is ever in the copy', () => {
  const values = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 12 }))
  fc.assert(
    fc.property(values, (plain) => {
      const data = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, btoa(encodeURI(value))]))
      const shown = JSON.stringify(redactObject({ ...secret, data }).data)
      for (const value of Object.values(data)) expect(shown).not.toContain(value)
    }),
  )
})

test('a variable with a telling name loses its literal value, a reference stays', () => {
  const from = { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }
  const pod = {
    kind: 'Pod',
    spec: { containers: [{ env: [{ name: 'API_KEY', value: 'x' }, { name: 'MODE', value: 'y' }, from] }] },
  }
  expect(redactObject(pod).spec.containers[0]?.env).toEqual([
    { name: 'API_KEY', value: '***' },
    { name: 'MODE', value: 'y' },
    from,
  ])
})

test('so does one in the manifest that kubectl keeps as an annotation', () => {
  const spec = { containers: [{ env: [{ name: 'DB_PASSWORD', value: 'hunter2-hunter2' }], image: 'app:1' }] }
  const applied = { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({ kind: 'Pod', spec })}\n` }
  const shown = redactObject({ kind: 'Pod', metadata: { annotations: applied } }).metadata.annotations
  const [text = ''] = Object.values(shown)
  expect(JSON.parse(text).spec.containers).toEqual([{ env: [{ name: 'DB_PASSWORD', value: '***' }], image: 'app:1' }])
  const broken = { 'kubectl.kubernetes.io/last-applied-configuration': `{"a":"${jwt}` }
  expect(JSON.stringify(redactObject({ metadata: { annotations: broken } }))).not.toContain(jwt)
})

test('revealing shows values of Secrets and variables, but never a shape in text', () => {
  const pod = { env: [{ name: 'TOKEN', value: 'x' }], note: `see ${jwt}` }
  expect(redactObject({ ...secret, pod }, { reveal: true })).toMatchObject({
    data: secret.data,
    pod: { env: [{ name: 'TOKEN', value: 'x' }], note: 'see ***' },
  })
})
