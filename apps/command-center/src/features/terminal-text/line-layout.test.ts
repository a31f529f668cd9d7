import { describe, expect, it } from 'vitest'
import { LineBuffer } from './line-buffer.ts'
import { type LayoutOptions, LineLayout } from './line-layout.ts'
import { lineParts, rowRange } from './line-parts.ts'

const none = new Set<number>()
function layoutOf(buffer: LineBuffer, options: Partial<LayoutOptions> = {}) {
  const layout = new LineLayout(buffer, { filter: 'all', columns: 10, isWrapped: false, expanded: none, ...options })
  layout.update()
  return layout
}

/** What the layout says of each place must be what counting would say. */
function expectConsistent(layout: LineLayout) {
  let row = 0
  for (let place = 0; place < layout.places; place++) {
    expect(layout.firstRowOf(place)).toBe(row)
    for (let at = 0; at < layout.rowsAt(place); at++) expect(layout.placeAtRow(row + at)).toBe(place)
    expect(layout.placeOf(layout.nameAt(place))).toBe(place)
    row += layout.rowsAt(place)
  }
  expect(layout.totalRows).toBe(row)
}

describe('LineLayout', () => {
  it('gives each line a row, or as many as it takes when wrapped', () => {
    const buffer = new LineBuffer()
    buffer.write(`short\n${'x'.repeat(25)}\n\n${'日'.repeat(6)}\n`)
    expect(layoutOf(buffer).totalRows).toBe(4)
    const wrapped = layoutOf(buffer, { isWrapped: true })
    expect([0, 1, 2, 3].map((place) => wrapped.rowsAt(place))).toEqual([1, 3, 1, 2])
    expectConsistent(wrapped)
  })

  it('stays right while lines come, grow and go', () => {
    const buffer = new LineBuffer(3_000)
    const layouts = [
      layoutOf(buffer),
      layoutOf(buffer, { isWrapped: true }),
      layoutOf(buffer, { isWrapped: true, filter: 'stderr' }),
    ]
    for (let i = 0; i < 5_000; i++) {
      buffer.write(`${'x'.repeat(i % 37)}${i % 3 === 0 ? '' : '\n'}`, i % 5 === 0 ? 'stderr' : 'stdout')
      if (i % 250 !== 0) continue
      buffer.trim()
      for (const layout of layouts) layout.update()
    }
    buffer.trim()
    for (const layout of layouts) {
      layout.update()
      expectConsistent(layout)
    }
    expect(layouts[0]?.places).toBe(buffer.lines.length)
    expect(layouts[2]?.places).toBe(buffer.lines.filter(({ stream }) => stream === 'stderr').length)
  })

  it('cuts a very long line until it is asked for', () => {
    const buffer = new LineBuffer()
    buffer.write(`${'x'.repeat(25_000)}\n`)
    expect(layoutOf(buffer, { isWrapped: true }).totalRows).toBe(1_001)
    expect(layoutOf(buffer).totalRows).toBe(1)
    expect(layoutOf(buffer, { expanded: new Set([0]) }).totalRows).toBe(2_500)
  })
})

describe('rows of a line', () => {
  it('hold all of its text once', () => {
    const buffer = new LineBuffer()
    buffer.write(`plain text that is long\n日本語 and\ttabs\u202e and e\u0301 accents\n`)
    for (const line of buffer.lines) {
      const rows = Array.from({ length: Math.ceil(line.cells / 10) }, (_, row) => rowRange(line, row, 10))
      expect(rows.map(({ from, to }) => line.text.slice(from, to)).join('')).toBe(line.text)
    }
  })

  it('are cut where the look changes, and name what nobody would see', () => {
    const buffer = new LineBuffer()
    buffer.write('a\x1b[31mbc\u202ed\x1b[0m e\n')
    const line = buffer.lines[0]
    if (line === undefined) throw new Error('no line')
    const parts = lineParts(line, { from: 0, to: line.text.length }, [{ from: 2, to: 3, isCurrent: true }])
    expect(parts.map(({ text, isMark, found, style }) => [text, isMark, found, style.ink])).toEqual([
      ['a', false, undefined, undefined],
      ['b', false, undefined, 1],
      ['c', false, 'current', 1],
      ['U+202E', true, undefined, 1],
      ['d', false, undefined, 1],
      [' e', false, undefined, undefined],
    ])
  })
})
