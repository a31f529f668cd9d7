import type { KeptHead } from '@fairlead/contract/audit/heads-ahead'
import type { SealedEvent } from '@fairlead/contract/audit/sealed-event'
import type { Body } from '@fairlead/contract/audit/seen-bodies'
import { type VerifyOptions, verifyRecord } from '@fairlead/contract/audit/verify-record'
import { sha256 } from '@fairlead/contract/json/digest'
import { expect, test } from 'vitest'
import { headOf, keyRow, newKey, sealedRows, type TestKey, tenRows } from './export-text.fixture.ts'

const [key, other] = [newKey('k1'), newKey('k2')]
const { rows, heads } = tenRows(key)
const digest = sha256('large '.repeat(100))
const large: Body = { kept: digest, actual: digest, contentType: 'text/plain' }
const row = (seq: number) => rows[seq - 1] as SealedEvent
const at = '2026-11-24T09:00:00.000Z'

type Given = {
  rows?: SealedEvent[]
  bodies?: Body[]
  heads?: KeptHead[]
  keys?: TestKey[]
  trusted?: TestKey[]
  options?: Partial<VerifyOptions>
}

/** A record in memory: its bodies stand before all rows. */
function verify({ rows: all = rows, bodies = [large], heads: signed, keys = [key], trusted, options }: Given) {
  const evidence = {
    entries: async function* () {
      for (const body of bodies) yield { body }
      for (const one of all) yield { row: one }
    },
    rows: async function* () {
      yield* rows
    },
    heads: () => signed ?? heads.map((jws) => ({ jws })),
    keys,
  }
  return verifyRecord(evidence, { trusted: trusted ?? keys, ...options })
}
const faultIn = async (given: Given) => (await verify(given)).fault

test('a whole record is told in numbers', async () => {
  expect(await verify({})).toEqual({
    ...{ checked: 10, first_seq: 1, last_seq: 10, bodies: 1, heads: 2, signed: 8, first_format: 0, fault: null },
    last_head: { seq: 8, hash: row(8).hash, at },
    heads_from_outside: 0,
  })
})

test('heads from outside count where the row that they sign is there', async () => {
  const [first = '', second = ''] = heads
  const given: KeptHead[] = [{ jws: first }, { jws: second, isFromOutside: true }]
  expect(await verify({ heads: given })).toMatchObject({ heads: 2, heads_from_outside: 1, fault: null })
  const part = { rows: rows.slice(0, 6), heads: given, options: { hasGaps: true } }
  expect(await verify(part)).toMatchObject({ heads: 1, heads_from_outside: 0, fault: null })
})

test('a row whose data has no JSON form was changed', async () => {
  const changed = rows.with(5, { ...row(6), data: { n: Number.POSITIVE_INFINITY } })
  expect(await faultIn({ rows: changed })).toEqual({ seq: 6, id: row(6).id, problem: 'changed', of: 'row' })
})

const body = (problem: string) => ({ seq: 4, id: row(4).id, problem, of: 'body', digest })
test.each<[string, Given, object]>([
  ['gone', { bodies: [] }, body('removed')],
  ['another one', { bodies: [{ ...large, actual: sha256('small') }] }, body('changed')],
  ['another one, behind the right one', { bodies: [large, { ...large, actual: sha256('small') }] }, body('changed')],
  ['of another type', { bodies: [{ ...large, contentType: 'text/html' }] }, body('changed')],
  [
    'of no row',
    { bodies: [large, { ...large, kept: 'a'.repeat(64), actual: 'a'.repeat(64) }] },
    { seq: 10, id: null, problem: 'added', of: 'body', digest: 'a'.repeat(64) },
  ],
])('a body that is %s is named', async (_, given, fault) => {
  expect(await faultIn(given)).toEqual(fault)
})

test('a body may come twice, and be of another type to a later row', async () => {
  expect(await faultIn({ bodies: [large, large] })).toBeNull()
  const bodies = [{ sha256: digest, bytes: 1, content_type: 'application/json' }]
  const more = sealedRows([keyRow(key), { body: 'large '.repeat(100) }, { data: { bodies } }])
  expect(await faultIn({ rows: more, heads: [] })).toBeNull()
})

test('a row of the first format does not say of what type its bodies are', async () => {
  const old = { format: undefined, data: { content: { blob: digest, bytes: 1 } } }
  expect(await faultIn({ rows: sealedRows([old]), heads: [], keys: [] })).toBeNull()
})

test('only the engine names keys: a row of another type vouches for none', async () => {
  const named = sealedRows([keyRow(key), { ...keyRow(other), type: 'message.asked' }])
  const signed = [{ jws: headOf(named[1] as SealedEvent, other) }]
  const fault = { of: 'head', reason: 'unknown_key', seq: 2 }
  expect(await faultIn({ rows: named, bodies: [], heads: signed, keys: [key, other] })).toMatchObject(fault)
})

test('rows of the first format may leave a body that nobody refers to', async () => {
  expect(await faultIn({ rows: sealedRows([{ format: undefined }]), heads: [], keys: [] })).toBeNull()
})

const named = (jws: string, columns: KeptHead['columns']) => [{ jws, columns }]
const [fifth = ''] = heads
const head = (seq: number, reason: string, problem = 'changed') => ({ seq, id: null, problem, of: 'head', reason })
test.each<[string, Given, object | null]>([
  ['as they were signed', { heads: named(fifth, { seq: 5, hash: row(5).hash }) }, null],
  ['another row', { heads: named(fifth, { seq: 6, hash: row(5).hash }) }, { ...head(6, 'columns'), kid: 'k1' }],
  ['another hash', { heads: named(fifth, { seq: 5, hash: row(6).hash }) }, { ...head(5, 'columns'), kid: 'k1' }],
  ['a text that is none', { heads: named('x', { seq: 5, hash: '' }) }, { ...head(5, 'unreadable'), kid: null }],
])('columns of a head: %s', async (_, given, fault) => {
  expect(await faultIn(given)).toEqual(fault)
})

test.each<[string, Given, object | null]>([
  ['of a key that a row names', {}, null],
  [
    'of a key that no row names',
    { heads: [{ jws: headOf(row(5), other) }], keys: [key, other] },
    { ...head(5, 'unknown_key', 'added'), kid: 'k2' },
  ],
  ['of a key that is not trusted', { trusted: [other] }, { ...head(5, 'unknown_key'), kid: 'k1' }],
  ['of a key of the same name', { trusted: [{ ...other, kid: 'k1' }] }, { ...head(5, 'signature'), kid: 'k1' }],
  [
    'of no key that can be one',
    { trusted: [{ ...other, kid: 'k1', x: 'AAAA' }] },
    { ...head(5, 'signature'), kid: 'k1' },
  ],
  [
    'with another hash',
    { heads: [{ jws: headOf({ seq: 5, hash: row(4).hash }, key) }] },
    { seq: 5, id: row(5).id, problem: 'changed', of: 'chain', since: 1, kid: 'k1', at },
  ],
  [
    'of rows beyond the end',
    { heads: [{ jws: headOf({ seq: 13, hash: row(4).hash }, key) }] },
    { seq: 11, id: null, problem: 'removed', of: 'tail', signed_seq: 13, at },
  ],
  [
    'of rows beyond the end, that nobody signed',
    { heads: [{ jws: headOf({ ...row(4), seq: 13 }, newKey('k1')) }] },
    { ...head(13, 'signature'), kid: 'k1' },
  ],
  [
    'of rows beyond a part',
    { heads: [{ jws: headOf({ ...row(4), seq: 13 }, newKey('k1')) }], options: { isCutShort: true } },
    null,
  ],
  ['none, where none is needed', { heads: [] }, null],
  [
    'none, where one is needed',
    { heads: [], options: { needsHead: true } },
    { ...head(10, 'none', 'removed'), kid: null },
  ],
  ['none, of no rows', { rows: [], bodies: [], heads: [], options: { needsHead: true } }, null],
  ['one, where one is needed', { options: { needsHead: true } }, null],
  ['the newest, of one of the keys that may', { options: { newestHeadBy: [other, key] } }, null],
  ['the newest, of a key that may not', { options: { newestHeadBy: [other] } }, { ...head(8, 'not_own'), kid: 'k1' }],
  ['the newest of a part', { options: { newestHeadBy: [other], isCutShort: true } }, null],
  ['none, whoever may sign the newest', { heads: [], options: { newestHeadBy: [other] } }, null],
])('heads %s', async (_, given, fault) => {
  expect(await faultIn(given)).toEqual(fault)
})

test.each<[string, Given, object | null]>([
  ['the one that a row names', { keys: [key, other] }, null],
  ['none', { keys: [], trusted: [key] }, null],
  [
    'another one of that name',
    { keys: [{ ...other, kid: 'k1' }], trusted: [key] },
    { seq: 1, id: row(1).id, problem: 'changed', of: 'key', kid: 'k1' },
  ],
])('of keys the record hands out %s', async (_, given, fault) => {
  expect(await faultIn(given)).toEqual(fault)
})

test('rows before the first that names a key say nothing about keys, and a row that names none neither', async () => {
  const plain = sealedRows([{}, { type: 'signing_key.added', data: {} }, {}])
  const signed = plain.slice(1).map((one) => ({ jws: headOf(one, key) }))
  expect(await verify({ rows: plain, bodies: [], heads: signed })).toMatchObject({ heads: 2, fault: null })
  const late = sealedRows([{}, {}, keyRow(other)])
  expect(await faultIn({ rows: late, bodies: [], heads: [{ jws: headOf(late[1] as SealedEvent, key) }] })).toBeNull()
})

test('a part of a chain follows what it is said to, and says nothing about keys', async () => {
  const part = rows.slice(4)
  const follows = { seq: 4, hash: row(4).hash }
  expect(await verify({ rows: part, bodies: [], options: { follows } })).toMatchObject({
    checked: 6,
    first_seq: 5,
    fault: null,
  })
  const elsewhere = { seq: 4, hash: row(3).hash }
  expect(await faultIn({ rows: part, bodies: [], options: { follows: elsewhere } })).toMatchObject({
    seq: 5,
    of: 'row',
  })
  const strangers = sealedRows([{}, {}, keyRow(other), {}])
  const [, , , last] = strangers as [SealedEvent, SealedEvent, SealedEvent, SealedEvent]
  const options = { follows: { seq: 1, hash: strangers[0]?.hash ?? '' } }
  const of = { bodies: [], heads: [{ jws: headOf(last, key) }], options }
  expect(await faultIn({ ...of, rows: strangers.slice(1) })).toBeNull()
})

const gaps = { options: { hasGaps: true } }
test.each<[string, Given, object | null]>([
  ['rows that are left out', { rows: [1, 4, 5, 8].map(row) }, null],
  ['the first rows left out', { rows: rows.slice(2) }, null],
  ['a head of a row that is left out', { rows: [1, 4, 9].map(row) }, null],
  ['a head of later rows', { rows: [1, 4].map(row) }, null],
  [
    'a first row that follows another',
    { rows: [{ ...row(2), seq: 1 }], bodies: [] },
    { seq: 1, id: row(2).id, problem: 'moved', of: 'row' },
  ],
  [
    'a row that was changed',
    { rows: [row(1), { ...row(3), actor: 'eve' }, row(8)], bodies: [] },
    { seq: 3, id: row(3).id, problem: 'changed', of: 'row' },
  ],
  ['a row that was moved back', { rows: [1, 4, 3].map(row) }, { seq: 3, id: row(3).id, problem: 'moved', of: 'row' }],
  [
    'a neighbour that was changed',
    { rows: [row(1), { ...row(2), actor: 'eve' }], bodies: [] },
    { seq: 2, id: row(2).id, problem: 'changed', of: 'row' },
  ],
  [
    'a key that no row here names',
    { rows: [row(1), row(8)], bodies: [], heads: [{ jws: headOf(row(8), other) }], keys: [key, other] },
    null,
  ],
])('with gaps: %s', async (_, given, fault) => {
  expect(await faultIn({ ...given, ...gaps })).toEqual(fault)
})

test('with gaps, rows count as signed where an unbroken chain leads to a head', async () => {
  expect(await verify({ ...gaps, rows: [1, 2, 4, 5, 7, 8, 9].map(row) })).toMatchObject({
    checked: 7,
    heads: 2,
    signed: 4,
  })
})
