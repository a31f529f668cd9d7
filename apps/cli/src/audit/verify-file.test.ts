import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkAuditByHand } from '@fairlead/testing/engine/check-audit-by-hand'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandError } from '../terminal/command-error.ts'
import { createTerminal } from '../terminal/terminal.ts'
import { headOf, jwkOf, keyRow, linesOf, newKey, sealedRows, tenRows } from './export-text.fixture.ts'
import { type VerifyFileOptions, verifyFile } from './verify-file.ts'
import { verifyPath } from './verify-path.fixture.ts'

const [key, other] = [newKey('k1'), newKey('k2')]
const good = tenRows(key)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-verify-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
const written = async (text: string) => {
  const path = join(folder, `${++files}`)
  await writeFile(path, text)
  return path
}

/** What the command says of these lines. */
async function verify(lines: readonly string[] | string, options: VerifyFileOptions = {}, fromStdin = false) {
  const text = typeof lines === 'string' ? lines : `${lines.join('\n')}\n`
  return fromStdin ? verifyPath('-', options, text) : verifyPath(await written(text), options)
}

describe('an export as it was written', () => {
  test.each(['file', 'stdin'])('is verified from %s', async (from) => {
    const { code, said } = await verify(good.lines, {}, from === 'stdin')
    expect([code, said]).toMatchObject([0, { ok: true, checked: 10, heads: 2, signed: 8, fault: null }])
    expect(said.detail).toContain('2 rows came after it and are signed by nobody yet.')
    expect(checkAuditByHand(good.lines.join('\n'))).toBeUndefined()
  })

  test.each([
    ['a JWK Set', JSON.stringify({ keys: [jwkOf(other), jwkOf(key)] })],
    ['a JWK', JSON.stringify(jwkOf(key))],
    ['a JWK without a name', JSON.stringify({ ...jwkOf(key), kid: undefined })],
    ['PEM', key.pem],
    ['PEM of several', other.pem + key.pem],
  ])('is verified with %s', async (_, text) => {
    expect(await verify(good.lines, { key: await written(text) })).toMatchObject({ code: 0, said: { heads: 2 } })
  })

  test.each([
    ['another one of the same name', JSON.stringify(jwkOf({ ...other, kid: 'k1' })), 'signature'],
    ['another one', JSON.stringify(jwkOf(other)), 'unknown_key'],
    ['PEM of another one', other.pem, 'signature'],
  ])('is not verified with %s', async (_, text, reason) => {
    const { code, said } = await verify(good.lines, { key: await written(text) })
    expect([code, said.fault]).toMatchObject([1, { of: 'head', seq: 5, reason }])
  })

  test.each([
    ['the head itself', async () => good.heads[1] ?? ''],
    ['a log that heads stand in', async () => written(`{"msg":"x"}\n${good.heads.join('\n')}\n`)],
    ['a log with tokens of other kinds', async () => written(`login eyJhIjoxfQ.eyJhIjoxfQ.AAAA\n${good.heads[1]}\n`)],
  ])('reaches %s', async (_, head) => {
    expect(await verify(good.lines, { head: await head() })).toMatchObject({
      code: 0,
      said: { heads: 2 },
    })
  })

  test('does not reach a head of rows that it does not have', async () => {
    const cut = linesOf(good.rows.slice(0, 3), { heads: [], keys: [key] })
    expect((await verify(cut)).code).toBe(0)
    const { said } = await verify(cut, { head: good.heads[1] })
    expect(said.fault).toMatchObject({ of: 'tail', seq: 4, problem: 'removed', signed_seq: 8 })
    expect(said.detail).toMatch(/^The chain ends at row 3, but row 8 was signed at 2026-11-24T09:00:00.000Z/)
  })

  test('of the first format is verified by its own rule, and said to vouch for less', async () => {
    const firstFormat = { format: undefined }
    const rows = sealedRows([firstFormat, firstFormat, keyRow(key), {}])
    const heads = rows.slice(1, 4).map((row) => headOf(row, key))
    const lines = linesOf(rows, { heads, keys: [key] })
    const { code, said } = await verify(lines)
    expect([code, said]).toMatchObject([0, { checked: 4, first_format: 2 }])
    expect(said.detail).toContain('Of 2 rows of the first format nothing vouches for who may see them')
    expect(checkAuditByHand(lines.join('\n'))).toBeUndefined()
    const back = sealedRows([keyRow(key), {}, firstFormat])
    expect((await verify(linesOf(back, { heads: [], keys: [key] }))).said.fault).toMatchObject({
      ...{ of: 'row', seq: 3, problem: 'changed' },
    })
  })

  test('is verified from a pipe that has a name', async () => {
    const pipe = join(folder, 'pipe')
    await promisify(execFile)('mkfifo', [pipe])
    const [{ code, said }] = await Promise.all([verifyPath(pipe, {}), writeFile(pipe, `${good.lines.join('\n')}\n`)])
    expect([code, said]).toMatchObject([0, { ok: true, checked: 10 }])
  })
})

describe('a file that is no whole record', () => {
  test.each([
    ['alone', async () => ({})],
    ['with a key', async () => ({ key: await written(key.pem) })],
  ])('has no rows, %s', async (_, options) => {
    expect(await verify(linesOf([], { heads: [], keys: [key] }), await options())).toMatchObject({
      code: 1,
      said: { ok: false, detail: expect.stringContaining('holds no rows') },
    })
  })

  test('may have none where it is said to have gaps', async () => {
    const { code, said } = await verify(linesOf([], { heads: [], keys: [key] }), { filtered: true })
    expect([code, said.detail]).toMatchObject([0, expect.stringContaining('nothing in it to rely on')])
  })

  const deep = `{"data":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
  test.each([
    [
      'has a number that JSON does not carry',
      good.lines.map((line) => line.replace('"n":3', '"n":1e999')),
      `Row 5 (${good.rows[4]?.id}) was changed.`,
    ],
    ['nests', [deep, ...good.lines], 'Line 1 is nested deeper than 512 levels: no line of an export is.'],
    ['nests at its end', [...good.lines.slice(0, -1), deep], 'Line 12 is nested deeper than 512 levels'],
  ])('%s', async (_, lines, detail) => {
    const { code, said } = await verify(lines)
    expect([code, said.detail]).toEqual([1, expect.stringContaining(detail)])
  })

  test('is a folder', async () => {
    await expect(verifyPath(folder, {})).rejects.toThrow(`${folder} is a folder. Give the file that was exported.`)
  })
})

describe('a file with gaps', () => {
  const part = linesOf(
    good.rows.filter(({ seq }) => ![2, 6, 7].includes(seq)),
    { heads: good.heads, keys: [key], bodies: ['large '.repeat(100)] },
  )

  test('misses a row, unless it is said to have gaps', async () => {
    const { code, said } = await verify(part)
    expect([code, said.fault]).toMatchObject([1, { of: 'row', seq: 2, problem: 'removed' }])
    expect(said.detail).toContain('--filtered')
    const filtered = await verify(part, { filtered: true })
    // Rows 3 to 5, and row 8: from there a chain leads to a head.
    expect(filtered).toMatchObject({ code: 0, said: { checked: 7, signed: 4 } })
    expect(filtered.said.detail).toContain('does not show that no other row was left out or removed')
  })

  test('shows nothing of a head whose row it does not have', async () => {
    const head = await written([...good.heads, ...good.heads].join('\n'))
    const both = await verify(part, { filtered: true, head })
    expect(both.said).toMatchObject({ ok: true, heads: 2, heads_from_outside: 2 })
    expect(both.said.detail).toContain('2 heads of --head are among them, and the chain reaches them.')
    expect(both.said.detail).not.toContain('that the file does not have')
    // As whoever has cut off the end, or left out the row that was signed, would have it checked.
    for (const kept of [
      part.filter((line) => !/"seq":(8|9|10),/.test(line)),
      part.filter((line) => !line.includes('"seq":8,')),
    ]) {
      const { said } = await verify(kept, { filtered: true, head })
      expect(said).toMatchObject({ ok: true, heads: 1, heads_from_outside: 1 })
      expect(said.detail).toContain('1 head of --head is among them, and the chain reaches them.')
      expect(said.detail).toContain(
        '1 head of --head signs a row that the file does not have: it does not show whether',
      )
    }
    const none = await verify(linesOf(good.rows.slice(2, 3), { heads: [], keys: [key] }), { filtered: true, head })
    expect(none.said.detail).toContain('2 heads of --head sign rows that the file does not have')
  })

  test.each<[string, (lines: string[]) => string[]]>([
    ['a row that was changed', (lines) => lines.map((line) => line.replace('"n":3', '"n":4'))],
    ['rows in another order', ([first = '', second = '', ...rest]) => [second, first, ...rest]],
    ['a body that was changed', (lines) => lines.map((line) => line.replace('large large', 'small'))],
    [
      'a head of other rows',
      (lines) =>
        lines.with(-1, lines.at(-1)?.replace(good.heads[0] ?? '', headOf({ seq: 5, hash: 'a'.repeat(64) }, key)) ?? ''),
    ],
  ])('names %s all the same', async (_, change) => {
    expect((await verify(change(part), { filtered: true })).code).toBe(1)
  })
})

describe('what is no export', () => {
  test.each<[string, string[] | string, string | RegExp]>([
    ['nothing', '', 'The file is empty.'],
    ['a table', 'seq,id,at\r\n1,x,y\r\n', '--format jsonl'],
    ['one that was cut', good.lines.slice(0, -1), /ends at line 11.* Make the export again\.$/],
    ['one that goes on', [...good.lines, good.lines[0] ?? ''], 'Line 13 stands behind the last line'],
    ['one with a line that is nothing', good.lines.with(4, 'null'), 'Line 5 is no line'],
    ['one with a torn line', good.lines.with(4, '{"id":'), 'Line 5 is no line'],
    [
      'one with a name that no hash covers',
      good.lines.with(4, good.lines[4]?.replace('{', '{"note":1,') ?? ''),
      'Line 5',
    ],
  ])('%s is told apart', async (_, lines, detail) => {
    const { code, said } = await verify(lines)
    expect([code, said.ok, said.detail]).toEqual([1, false, expect.stringMatching(detail)])
  })

  test('a name that stands twice is found: who reads the file sees the one, who parses it the other', async () => {
    const twice = good.lines.with(1, good.lines[1]?.replace('{', '{"actor":"eve",') ?? '')
    expect((await verify(twice)).code).toBe(1)
  })

  test.each<[string, VerifyFileOptions, string]>([
    ['a key file that is missing', { key: '/nowhere' }, '--key /nowhere cannot be read: there is no such file.'],
    ['a key file that is a folder', { key: import.meta.dirname }, 'cannot be read: it is a folder.'],
    ['a key file without a key', { key: import.meta.filename }, '/.well-known/jwks.json.'],
    ['a head file without a head', { head: import.meta.filename }, 'Give the file that AUDIT_SINKS names'],
  ])('%s is wrong use', async (_, options, sentence) => {
    await expect(verify(good.lines, options)).rejects.toThrow(CommandError)
    const message = expect.stringContaining(sentence)
    await expect(verify(good.lines, options)).rejects.toMatchObject({ exitCode: 2, message })
  })

  test('a file that is not there is wrong use', async () => {
    const message = '/nowhere cannot be read: there is no such file.'
    await expect(verifyFile('/nowhere', {}, createTerminal(process, {}))).rejects.toMatchObject({
      exitCode: 2,
      message,
    })
  })

  test('keys of after a rotation alone are said to be too few', async () => {
    const { said } = await verify(good.lines, { key: await written(JSON.stringify(jwkOf(other))) })
    expect(said.detail).toMatch(/signed with key k1.* has to hold the keys of before, too\.$/)
  })
})
