import { describe, expect, it } from 'vitest'
import { LineBuffer } from './line-buffer.ts'
import { LineSearch } from './line-search.ts'

const forEver = Number.POSITIVE_INFINITY
const options = { isCaseSensitive: false, filter: 'all' as const }
const all = (search: LineSearch) => Array.from({ length: search.count }, (_, index) => search.at(index))

function searching(text: string, query: string, more: Partial<typeof options> = {}) {
  const buffer = new LineBuffer(1_000)
  const search = new LineSearch(buffer)
  buffer.write(text)
  search.set({ query, ...options, ...more })
  return { buffer, search }
}

describe('LineSearch', () => {
  it('finds all places, with or without regard to case, as plain text', () => {
    const text = 'Error: a.b\nno\nerror error (a.b)\n'
    const { search } = searching(text, 'error')
    search.advance(forEver)
    expect(all(search)).toEqual([
      { line: 0, from: 0, to: 5 },
      { line: 2, from: 0, to: 5 },
      { line: 2, from: 6, to: 11 },
    ])
    const exact = searching(text, 'error', { isCaseSensitive: true })
    exact.search.advance(forEver)
    expect(exact.search.count).toBe(2)
    for (const query of ['a.b', '(a.b)', 'r (']) {
      const it = searching(text, query)
      it.search.advance(forEver)
      expect(it.search.count, query).toBe(text.toLowerCase().split(query).length - 1)
    }
  })

  it('works in slices, and says when it is done', () => {
    const { search } = searching(
      Array.from({ length: 900 }, (_, i) => `line ${i} ${'x'.repeat(100)}`).join('\n'),
      'line',
    )
    let [slices, time] = [0, 0]
    while (!search.isDone) {
      search.advance(time + 1, () => (time += 1))
      slices += 1
    }
    expect(search.count).toBe(900)
    expect(slices).toBeGreaterThan(3)
  })

  it('goes on as lines come and grow', () => {
    const { buffer, search } = searching('one err', 'error')
    search.advance(forEver)
    expect(search.count).toBe(0)
    buffer.write('or\nerror\n')
    search.advance(forEver)
    expect(all(search).map((it) => it?.line)).toEqual([0, 1])
  })

  it('reads a line again that grows above later ones', () => {
    const buffer = new LineBuffer()
    const search = new LineSearch(buffer)
    buffer.write('err', 'stdout')
    buffer.write('error\nerror\n', 'stderr')
    search.set({ query: 'error', ...options })
    search.advance(forEver)
    buffer.write('or error\n', 'stdout')
    search.advance(forEver)
    expect(all(search).map((it) => `${it?.line}:${it?.from}`)).toEqual(['0:0', '0:6', '1:0', '2:0'])
  })

  it('forgets what is gone', () => {
    const { buffer, search } = searching(`${'hit\n'.repeat(1_000)}`, 'hit')
    search.advance(forEver)
    buffer.write('hit\n'.repeat(300))
    buffer.trim()
    search.advance(forEver)
    expect(search.count).toBe(1_000)
    expect(search.at(0)?.line).toBe(300)
  })

  it('looks at the stream that is shown', () => {
    const buffer = new LineBuffer()
    const search = new LineSearch(buffer)
    buffer.write('hit\n', 'stdout')
    buffer.write('hit\n', 'stderr')
    buffer.note('hit')
    search.set({ query: 'hit', isCaseSensitive: false, filter: 'stderr' })
    search.advance(forEver)
    expect(all(search).map((it) => it?.line)).toEqual([1])
  })
})
