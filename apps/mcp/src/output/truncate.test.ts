import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shrinkObject } from './shrink-object.ts'
import { alignTable } from './table.ts'
import { cutItems, cutMiddle, cutRows, cutToNewestLines } from './truncate.ts'

const rows = Array.from({ length: 100 }, (_, index) => `row ${index}`)

test('a table keeps its header and whole rows from the top', () => {
  const { output, truncated, returned, total } = cutRows('HEADER', rows, { most: 200, narrow: 'a selector' })
  const lines = output.split('\n')
  expect(lines.slice(0, 3)).toEqual(['HEADER', 'row 0', 'row 1'])
  expect(lines.at(-1)).toBe(`[truncated: showing ${returned} of 100 rows; narrow with a selector]`)
  expect(lines).toHaveLength(returned + 2)
  expect({ truncated, total, short: output.length <= 200 }).toEqual({ truncated: true, total: 100, short: true })
})

test('a log keeps its newest lines', () => {
  const { output, returned } = cutToNewestLines(rows, { most: 150, narrow: 'since' })
  expect(output.split('\n').slice(-2)).toEqual([
    'row 99',
    `[truncated: showing ${returned} of 100 lines; narrow with since]`,
  ])
})

test('rows that the server kept back are counted, though all that came fit', () => {
  const { output, truncated } = cutRows('H', ['a'], { most: 1000, narrow: 'limit', total: 5 })
  expect(output).toBe('H\na\n[truncated: showing 1 of 5 rows; narrow with limit]')
  expect(truncated).toBe(true)
})

test('other text keeps six parts of its head and four of its tail, at line ends', () => {
  const { output } = cutMiddle(rows.join('\n'), { most: 300, narrow: 'a name' })
  const [head = '', tail = ''] = output.split('\n[…]\n')
  expect(head.startsWith('row 0\n')).toBe(true)
  expect(rows).toContain(head.split('\n').at(-1))
  expect(tail.split('\n').at(-2)).toBe('row 99')
  expect(head.length).toBeGreaterThan(tail.split('\n').slice(0, -1).join('\n').length)
})

test('what fits is left alone', () => {
  for (const cut of [cutRows('H', rows, { most: 9999, narrow: '' }), cutMiddle('x', { most: 1, narrow: '' })])
    expect(cut.truncated).toBe(false)
})

test('nothing is ever longer than the limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 300 })),
      fc.integer({ min: 200, max: 2000 }),
      (texts, most) => {
        const limits = { most, narrow: 'a name' }
        for (const { output } of [
          cutRows(undefined, texts, limits),
          cutToNewestLines(texts, limits),
          cutItems(texts, limits),
        ])
          expect(output.length).toBeLessThanOrEqual(most)
        const { output } = cutMiddle(texts.join('\n'), limits)
        expect(output.length).toBeLessThanOrEqual(most)
        expect(output.isWellFormed()).toBe(true)
      },
    ),
  )
})

const render = (object: unknown) => JSON.stringify(object, null, 2)

test('an object loses managedFields first, then the last-applied annotation, then the rest of long strings', () => {
  const metadata = {
    name: 'web',
    managedFields: ['m'.repeat(3000)],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'l'.repeat(3000), note: 'n' },
  }
  const object = { kind: 'ConfigMap', metadata, data: { text: 'x'.repeat(4000) } }
  const { managedFields: _, ...bare } = metadata
  expect(shrinkObject(object, 7500, render)).toEqual({ object: { ...object, metadata: bare }, left: ['managedFields'] })
  const smaller = shrinkObject(object, 2500, render)
  expect(smaller.left).toHaveLength(3)
  expect(smaller.object).toEqual({
    kind: 'ConfigMap',
    metadata: { name: 'web', annotations: { note: 'n' } },
    data: { text: `${'x'.repeat(2000)}… (4000 characters)` },
  })
})

test('an object of many small parts loses its largest field, and keeps who it is', () => {
  const data = Object.fromEntries(rows.map((row) => [row, 'value']))
  const { object, left } = shrinkObject(
    { kind: 'ConfigMap', metadata: { name: 'web' }, data, immutable: true },
    300,
    render,
  )
  expect({ object, left }).toEqual({
    object: { kind: 'ConfigMap', metadata: { name: 'web' }, immutable: true },
    left: ['data'],
  })
})

describe('an object of many fields', () => {
  const fields: Record<string, string> = Object.fromEntries(
    Array.from({ length: 4_000 }, (_, index) => [`field${index}`, 'x'.repeat(index % 40)]),
  )
  const whole = { kind: 'Wide', metadata: { name: 'web', labels: { a: 'b' } }, ...fields }
  const shrunk = (most: number) => {
    let times = 0
    const counted = (object: unknown) => {
      times++
      return render(object)
    }
    const { object, left } = shrinkObject(whole, most, counted)
    return { object: object as Record<string, string>, left, times }
  }

  test.each([100_000, 2_000])('loses the largest of them, and none that there is room for: %i', (most) => {
    const { object, left, times } = shrunk(most)
    expect(render(object).length).toBeLessThanOrEqual(most)
    const last = left.at(-1) ?? ''
    expect(render({ ...object, [last]: fields[last] }).length).toBeGreaterThan(most)
    const { kind: _, metadata, ...kept } = object
    expect(metadata).toEqual(whole.metadata)
    expect(Object.keys({ ...kept, ...Object.fromEntries(left.map((name) => [name, ''])) })).toHaveLength(4_000)
    const longest = Math.max(...Object.values(kept).map(({ length }) => length))
    expect(longest).toBeLessThanOrEqual(Math.min(...left.map((name) => fields[name]?.length ?? 0)))
    // Not once for each that goes.
    expect(times).toBeLessThan(40)
  })

  test('loses all but its name where there is no room at all', () => {
    const { object, left } = shrunk(10)
    expect(object).toEqual({ kind: 'Wide', metadata: { name: 'web' } })
    expect([left.length, left.at(-1)]).toEqual([4_001, 'metadata.labels'])
  })
})

test('columns are aligned by characters, and a line break in a cell becomes a space', () => {
  expect(
    alignTable(
      ['NAME', 'AGE'],
      [
        ['a😀b', '1d'],
        ['long\n  name', ''],
      ],
    ),
  ).toEqual(['NAME        AGE', 'a😀b         1d', 'long name'])
})
