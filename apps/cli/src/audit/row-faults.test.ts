import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventHash } from '@fairlead/contract/audit/event-hash'
import type { Fault } from '@fairlead/contract/audit/fault'
import type { SealedEvent } from '@fairlead/contract/audit/sealed-event'
import { verifyRecord } from '@fairlead/contract/audit/verify-record'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportFile } from './export-file.ts'
import { headOf, linesOf, newKey, tenRows } from './export-text.fixture.ts'

const key = newKey('k1')
const { rows, heads } = tenRows(key)
const stranger = '11111111-1111-4111-8111-111111111111'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-rows-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function faultIn(changed: readonly SealedEvent[], under: string[]): Promise<Fault | null> {
  const file = join(folder, 'export.jsonl')
  const lines = linesOf(changed, { heads: under, keys: [key], bodies: ['large '.repeat(100)] })
  await writeFile(file, lines.join('\n'))
  const evidence = await exportFile(file, [])
  return (await verifyRecord(evidence, { trusted: evidence.keys })).fault
}

type Rows = SealedEvent[]
const row = (seq: number) => rows[seq - 1] as SealedEvent
/** The rows with the numbers of their new places. */
const renumbered = (all: Rows): Rows => all.map((one, index) => ({ ...one, seq: index + 1 }))
const without = (seq: number): Rows => rows.toSpliced(seq - 1, 1)
const withRow = (seq: number, change: Partial<SealedEvent>): Rows => rows.with(seq - 1, { ...row(seq), ...change })
const hashed = (one: SealedEvent): SealedEvent => ({ ...one, hash: eventHash(one.prev_hash, one) })
const forged = (seq: number, change: Partial<SealedEvent> = {}) => ({ ...row(2), id: stranger, seq, ...change })

type Case = [what: string, rows: Rows, fault: object, heads?: string[]]
const cases: Case[] = [
  ['a row that was changed', withRow(3, { actor: 'eve' }), { seq: 3, id: row(3).id, problem: 'changed' }],
  [
    'a row that was changed and hashed again',
    rows.with(2, hashed({ ...row(3), actor: 'eve' })),
    { seq: 3, id: row(3).id, problem: 'changed' },
  ],
  [
    'a row that was changed, and what it follows',
    withRow(3, { actor: 'eve', prev_hash: 'a'.repeat(64) }),
    { seq: 3, id: row(3).id, problem: 'changed' },
  ],
  [
    'a row that was changed, and its hash',
    withRow(3, { actor: 'eve', hash: 'b'.repeat(64) }),
    { seq: 3, id: row(3).id, problem: 'changed' },
  ],
  [
    'a first row that follows something, hashed again',
    rows.with(0, hashed({ ...row(1), prev_hash: 'a'.repeat(64) })),
    { seq: 1, id: row(1).id, problem: 'changed' },
  ],
  ['a line that stands twice', rows.toSpliced(3, 0, row(3)), { seq: 3, id: row(3).id, problem: 'added' }],
  [
    'a row that was put between and follows nothing',
    renumbered(rows.toSpliced(3, 0, forged(4, { prev_hash: 'a'.repeat(64), hash: 'b'.repeat(64) }))),
    { seq: 4, id: stranger, problem: 'added' },
  ],
  ['a row before the first', [forged(0), ...rows], { seq: 0, id: stranger, problem: 'added' }],
  ['a row far before the first', [forged(-7), ...rows], { seq: -7, id: stranger, problem: 'added' }],
  [
    'the last row, before the first',
    [{ ...row(10), seq: -1 }, ...rows.slice(0, -1)],
    { seq: -1, id: row(10).id, problem: 'added' },
  ],
  ['a row that is gone', without(3), { seq: 3, id: null, problem: 'removed' }],
  ['a row that is gone, renumbered', renumbered(without(3)), { seq: 3, id: null, problem: 'removed' }],
  ['the same without a head', renumbered(without(3)), { seq: 3, id: null, problem: 'removed' }, []],
  ['the first row that is gone', without(1), { seq: 1, id: null, problem: 'removed' }],
  ['the first row that is gone, renumbered', renumbered(without(1)), { seq: 1, id: null, problem: 'removed' }],
  [
    'a row that was put between',
    renumbered(rows.toSpliced(3, 0, forged(4, { prev_hash: row(3).hash }))),
    { seq: 4, id: stranger, problem: 'added' },
  ],
  [
    'a row that was put between, with the right hash',
    renumbered(rows.toSpliced(3, 0, hashed(forged(4, { prev_hash: row(3).hash })))),
    { seq: 4, id: stranger, problem: 'added' },
  ],
  [
    'a row at the end',
    [...rows, forged(11, { prev_hash: 'a'.repeat(64) })],
    { seq: 11, id: stranger, problem: 'added' },
  ],
  ['a copy between others', renumbered(rows.toSpliced(5, 0, row(3))), { seq: 6, id: row(3).id, problem: 'added' }],
  ['a copy of a line', rows.toSpliced(5, 0, row(3)), { seq: 3, id: row(3).id, problem: 'added' }],
  [
    'rows that changed places',
    renumbered(rows.with(2, row(6)).with(5, row(3))),
    { seq: 3, id: row(6).id, problem: 'moved' },
  ],
  ['lines that changed places', rows.with(2, row(6)).with(5, row(3)), { seq: 3, id: row(3).id, problem: 'moved' }],
  ['a row with a later number', withRow(3, { seq: 50 }), { seq: 3, id: row(3).id, problem: 'moved' }],
  ['a row with a number that was', withRow(6, { seq: 2 }), { seq: 2, id: row(6).id, problem: 'moved' }],
  ['a row with the first number', withRow(6, { seq: 1 }), { seq: 1, id: row(6).id, problem: 'moved' }],
]

test.each(cases)('%s is named', async (_, changed, fault, under = heads) => {
  expect(await faultIn(changed, under)).toMatchObject({ of: 'row', ...fault })
})

test('rows that were all sealed again are found at the next head, and since which', async () => {
  let prev_hash = row(5).hash
  const resealed = rows.slice(5).map((one) => {
    const next = hashed({ ...one, actor: 'eve', prev_hash })
    prev_hash = next.hash
    return next
  })
  expect(await faultIn([...rows.slice(0, 5), ...resealed], heads)).toEqual({
    ...{ seq: 8, id: row(8).id, problem: 'changed', of: 'chain', since: 6, kid: 'k1', at: '2026-11-24T09:00:00.000Z' },
  })
})

test.each<[string, string[], object]>([
  ['one that is none', ['x.y.z'], { of: 'head', reason: 'unreadable', seq: 10, kid: null }],
  ['one of a key that nobody has', [headOf(row(4), newKey('k2'))], { of: 'head', reason: 'unknown_key', seq: 4 }],
  ['one that another key of the name has signed', [headOf(row(4), newKey('k1'))], { of: 'head', reason: 'signature' }],
  ['one of a row that is not there', [headOf({ ...row(4), seq: 12 }, key)], { of: 'tail', seq: 11, signed_seq: 12 }],
])('of heads, %s is named', async (_, more, fault) => {
  expect(await faultIn(rows, [...heads, ...more])).toMatchObject(fault)
})
