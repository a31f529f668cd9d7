import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { keyBlocks } from './key-blocks.ts'
import { isKeyBody } from './key-body.ts'

const lines = (...all: string[]) => `\n${all.join('\n')}\n`
const wrapped = (bytes: Uint8Array, width = 64) =>
  Buffer.from(bytes)
    .toString('base64')
    .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
/** Bytes that are no text: what a cipher writes. */
const noise = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 97 + 13) % 256)
const der = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'der' })
const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
const isKey = (...all: string[]) => isKeyBody('PRIVATE KEY', lines(...all))

describe('a body', () => {
  const base64 = wrapped(der)
  test('of a key is one, in lines, on one line and as JSON writes it', () => {
    expect(isKey(...base64)).toBe(true)
    expect(isKey(...wrapped(der, 48))).toBe(true)
    expect(isKeyBody('PRIVATE KEY', `\r\n${base64.join('\r\n')}\r\n`)).toBe(true)
    expect(isKeyBody('PRIVATE KEY', lines(...base64).replaceAll('\n', '\\n'))).toBe(true)
    expect(isKeyBody('PRIVATE KEY', lines(...base64).replaceAll('\n', '\\\\r\\\\n'))).toBe(true)
    expect(isKeyBody('PRIVATE KEY', base64.join(' '))).toBe(true)
    expect(isKeyBody('PRIVATE KEY', ` ${base64.join(' \t')} `)).toBe(true)
    expect(isKeyBody('PRIVATE KEY', base64.join(''))).toBe(true)
    expect(isKey(...base64.map((line) => `  ${line} `))).toBe(true)
  })

  test.each<[string, string]>([
    ['that begins beside its mark', `${base64.join('\n')}\n`],
    ['that ends beside its mark', `\n${base64.join('\n')}`],
    ['with nothing in it', '\n\n'],
    ['with nothing in it at all', ''],
    ['with an empty line in it', lines(base64[0] ?? '', '', ...base64.slice(1))],
    ['with a short line in it', lines(...base64, ...base64)],
    ['whose last line is the longest', lines('MII=', ...base64)],
    ['with another letter in it', lines(...base64.map((line) => line.replace(/^M/, '$')))],
    ['whose last line is longer than its first', lines(ed25519.slice(0, 28), ed25519.slice(28))],
    ['with a letter in front of each line', lines(...base64.map((line) => `$${line}`))],
    ['with more behind it', lines(...base64.slice(0, -1), `${base64.at(-1)};x`)],
    ['with more in front of it', lines(`x;${base64[0]}`, ...base64.slice(1))],
  ])('%s is none', (_, body) => {
    expect(isKeyBody('PRIVATE KEY', body)).toBe(false)
  })
})

describe('what is no sequence that fills all is no key', () => {
  const sequence = (...parts: number[][]) => {
    const content = parts.flat()
    return [0x30, 0x81, content.length, ...content]
  }
  const filler = (length: number) => [0x04, length, ...noise(length)]
  const version = [0x02, 1, 0]
  const bytesAre = (bytes: number[]) => isKey(...wrapped(Uint8Array.from(bytes)))

  test.each<[string, number[], boolean]>([
    ['a version and more', sequence(version, filler(60)), true],
    ['a cipher and more', sequence([0x30, 1, 0], filler(60)), true],
    ['a length of two bytes', [0x30, 0x82, 0, 65, ...version, ...filler(60)], true],
    ['a length of three bytes', [0x30, 0x83, 0, 0, 65, ...version, ...filler(60)], true],
    ['a length of four bytes', [0x30, 0x84, 0, 0, 0, 65, ...version, ...filler(60)], false],
    ['a length of no bytes', [0x30, 0x80, ...version, ...filler(60)], false],
    ['a length of no bytes, and as much as a short one', [0x30, 0x80, ...version, ...filler(123)], false],
    ['a part of a length of no bytes', sequence(version, [0x04, 0x80], filler(60)), false],
    ['a long part', [0x30, 0x82, 0x01, 0x07, ...version, 0x04, 0x82, 0x01, 0x00, ...noise(256)], true],
    ['48 bytes', [0x30, 46, ...version, ...filler(41)], true],
    ['47 bytes', [0x30, 45, ...version, ...filler(40)], false],
    ['another tag', [0x31, ...sequence(version, filler(60)).slice(1)], false],
    ['another first part', sequence(filler(3), filler(60)), false],
    ['one part', sequence([0x02, 63, ...noise(63)]), false],
    ['more behind', [...sequence(version, filler(60)), 1], false],
    ['less than it says', sequence(version, filler(60)).slice(0, -1), false],
    ['a part that is longer than all', sequence(version, [0x04, 61, ...noise(60)]), false],
    ['a part without a length', sequence(version, filler(60), [0x04]), false],
    ['a part whose length is cut', sequence(version, filler(60), [0x04, 0x82, 1]), false],
    ['a part whose length is cut to nothing', sequence(version, filler(60), [0x04, 0x82, 0]), false],
  ])('%s', (_, bytes, is) => {
    expect(bytesAre(bytes)).toBe(is)
  })
})

describe('of another label', () => {
  test('OpenSSH begins with its name', () => {
    const of = (magic: string) =>
      isKeyBody('OPENSSH PRIVATE KEY', lines(...wrapped(Buffer.concat([Buffer.from(magic), noise(60)]), 70)))
    expect(of('openssh-key-v1\0')).toBe(true)
    expect(of('openssh-key-v2\0')).toBe(false)
    expect(isKeyBody('OPENSSH PRIVATE KEY', lines(...wrapped(der)))).toBe(false)
  })

  test.each([0x94, 0x95, 0x96, 0x97, 0xc5])('OpenPGP begins with a secret key: %i', (first) => {
    const label = 'PGP PRIVATE KEY BLOCK'
    const all = wrapped(Uint8Array.from([first, ...noise(62)]))
    expect(isKeyBody(label, lines(...all))).toBe(true)
    expect(isKeyBody(label, lines('', ...all, '=aB3+'))).toBe(true)
    expect(isKeyBody(label, lines('Version: GnuPG v2', 'Comment: a, b/c@d.e-f', '', ...all, '=aB3+'))).toBe(true)
    expect(isKeyBody(label, lines('Charset: utf-8', 'Hash: SHA256', '', ...all))).toBe(true)
    expect(isKeyBody(label, lines('Version: GnuPG v2', ...all))).toBe(false)
    expect(isKeyBody(label, lines('Version: $(reboot)', '', ...all))).toBe(false)
    expect(isKeyBody(label, lines('Reboot: now', '', ...all))).toBe(false)
    expect(isKeyBody(label, lines(...all, 'aB3+'))).toBe(false)
    expect(isKeyBody(label, lines(...all, '=aB3+x'))).toBe(false)
    expect(isKeyBody(label, lines(...all, 'reboot=aB3+'))).toBe(false)
    expect(isKeyBody('PRIVATE KEY', lines(...all))).toBe(false)
    expect(isKeyBody('PRIVATE KEY', lines(...wrapped(der), '=aB3+'))).toBe(false)
  })

  test('and begins with nothing else', () => {
    for (const first of [0x93, 0x98, 0xc4, 0xc6, 0x99, 0])
      expect(isKeyBody('PGP PRIVATE KEY BLOCK', lines(...wrapped(Uint8Array.from([first, ...noise(62)]))))).toBe(false)
  })
})

describe('what is encrypted has no form', () => {
  const info = 'DEK-Info: AES-256-CBC,0123456789ABCDEF0123456789ABCDEF'
  const of = (...all: string[]) => isKeyBody('EC PRIVATE KEY', lines(...all))
  const encrypted = 'Proc-Type: 4,ENCRYPTED'

  test('but whole blocks, and letters of all kinds', () => {
    expect(of(encrypted, info, '', ...wrapped(noise(64)))).toBe(true)
    expect(of(info, encrypted, '', ...wrapped(noise(64)))).toBe(true)
    expect(of(encrypted, info, '', ...wrapped(noise(65)))).toBe(false)
    expect(of(encrypted, info, '', 'abcd'.repeat(16))).toBe(false)
    expect(of(encrypted, info, '', `${'abcdefghijklmnopqrstuvwxyz012345'.repeat(2)}`)).toBe(false)
    expect(of(encrypted, info, '', `${'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'.repeat(2)}`)).toBe(false)
    expect(of(encrypted, info, '', `${'aBcDeFgHiJkLmNoP'.repeat(4)}`)).toBe(false)
    expect(of(encrypted, info, '', `${'aBcDeFgHiJkLmNoPqRsTuVwX01234567'.repeat(2)}`)).toBe(true)
    expect(of(encrypted, info, '', 'aBcDeFgHiJkLmNoPqRsTuVwX'.repeat(8))).toBe(true)
    expect(of(encrypted, info, '', 'aBcDeFgHiJkLmNoPqRsTuVwa'.repeat(8))).toBe(false)
    expect(of(encrypted, info, '', ...Array(2).fill('abcdefghijklmnopqrstuvwxyz012345'))).toBe(false)
  })

  test.each([
    ['Proc-Type: 4,ENCRYPTED; reboot', info],
    ['x Proc-Type: 4,ENCRYPTED', info],
    [encrypted, 'DEK-Info: $(reboot),0123456789ABCDEF'],
    [encrypted, 'DEK-Info: AES-256-CBC,0123'],
    [encrypted, `${info} reboot`],
  ])('with heads that are none it is none: %s, %s', (first, second) => {
    expect(of(first, second, '', ...wrapped(noise(64)))).toBe(false)
  })

  test('with a head that says nothing of a cipher it is a plain one', () => {
    expect(of(info, '', ...wrapped(noise(64)))).toBe(false)
    expect(of(info, '', ...wrapped(der))).toBe(true)
    expect(of(`x ${info}`, '', ...wrapped(der))).toBe(false)
    expect(of(encrypted, info)).toBe(false)
  })
})

describe('blocks', () => {
  const body = lines(...wrapped(der))
  const block = (begin = 'PRIVATE KEY', end = begin) => `-----BEGIN ${begin}-----${body}-----END ${end}-----`
  const labels = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC2 PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']
  test.each(labels)('of a %s with their marks', (label) => {
    const text = `a ${block(label)} b ${block(label)}`
    expect(keyBlocks(text).map(({ start, end }) => text.slice(start, end))).toEqual([block(label), block(label)])
  })
  test.each([
    ['marks that differ', block('RSA PRIVATE KEY', 'EC PRIVATE KEY')],
    ['a mark that is no mark', block().replace('-----BEGIN', '----BEGIN')],
    ['a public key', block('PUBLIC KEY')],
    ['a label in small letters', block('rsa PRIVATE KEY')],
    ['an end alone', `${body}-----END PRIVATE KEY-----`],
    ['a begin alone', `-----BEGIN PRIVATE KEY-----${body}`],
  ])('not with %s', (_, text) => {
    expect(keyBlocks(text)).toEqual([])
  })
  test('begin at the last of two begins, and end at the first of two ends', () => {
    const text = `-----BEGIN PRIVATE KEY-----${block()}${body}-----END PRIVATE KEY-----`
    expect(keyBlocks(text)).toEqual([{ start: 27, end: 27 + block().length }])
    const torn = `-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----${body}-----END PRIVATE KEY-----`
    expect(keyBlocks(torn)).toEqual([])
  })
})
