import { expect, test } from 'vitest'
import type { GetOptions, Kube } from '../../../kube/kube.ts'
import { readPages } from './read-pages.ts'
import { showTables } from './show-tables.ts'

type Page = { rows: string[]; metadata: { continue?: string; remainingItemCount?: number } }

/** An API server with so many rows, which remembers what it was asked. */
function aServerOf(total: number) {
  const queries: GetOptions['query'][] = []
  const get: Kube['get'] = async <T>(_path: string, { query = {} }: GetOptions = {}) => {
    queries.push(query)
    const start = Number(query.continue ?? 0)
    const end = Math.min(start + Number(query.limit), total)
    const rows = Array.from({ length: end - start }, (_, index) => `pod-${start + index}`)
    const metadata = end < total ? { continue: String(end), remainingItemCount: total - end } : {}
    return { rows, metadata } as T
  }
  return { kube: { get } as Kube, queries }
}

const plain = { query: {}, limit: null, continueToken: null }
const pods = {
  group: '',
  version: 'v1',
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  namespaced: true,
  shortNames: [],
  categories: [],
  verbs: [],
  subresources: [],
}

test('five thousand pods: a thousand are read, what fits is shown, and the answer says how to narrow', async () => {
  const { kube, queries } = aServerOf(5000)
  const { pages, rest } = await readPages<Page>(kube, '/pods', plain)
  expect(queries.map((query) => [query?.limit, query?.continue])).toEqual([
    [500, undefined],
    [500, '500'],
  ])
  expect(rest).toEqual({ continueToken: '1000', count: 4000 })
  const rows = pages.flatMap((page) => page.rows.map((name) => ({ cells: [name, 'Running'] })))
  const table = { columns: ['Name', 'Status'], rows }
  const shown = showTables([{ resource: pods, table }], {
    withNamespace: false,
    most: 2000,
    narrow: 'label_selector',
    total: 5000,
  })
  expect(shown.output.length).toBeLessThanOrEqual(2000)
  expect(shown.output.split('\n').at(-1)).toBe(
    `[truncated: showing ${shown.returned} of 5000 rows; narrow with label_selector]`,
  )
  expect(shown.data).toHaveLength(shown.returned)
})

test('a list that ends is read to its end', async () => {
  const { kube } = aServerOf(700)
  const { pages, rest } = await readPages<Page>(kube, '/pods', plain)
  expect({ rows: pages.flatMap((page) => page.rows).length, rest }).toEqual({ rows: 700, rest: undefined })
})

test('a limit is one page, from where the token says', async () => {
  const { kube, queries } = aServerOf(5000)
  const { rest } = await readPages<Page>(kube, '/pods', { ...plain, limit: 20, continueToken: '40' })
  expect(queries).toEqual([{ limit: 20, continue: '40' }])
  expect(rest).toEqual({ continueToken: '60', count: 4940 })
})
