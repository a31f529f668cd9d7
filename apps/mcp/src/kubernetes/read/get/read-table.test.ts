import { expect, test } from 'vitest'
import type { ApiResource } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import { readTable } from './read-table.ts'

const widgets: ApiResource = {
  group: 'example.com',
  version: 'v1',
  plural: 'widgets',
  singular: 'widget',
  kind: 'Widget',
  namespaced: false,
  shortNames: [],
  categories: [],
  verbs: [],
  subresources: [],
}
const columnDefinitions = [
  { name: 'Name', priority: 0 },
  { name: 'Node', priority: 1 },
  { name: 'Size' },
  { name: 'Age', priority: 0 },
]

/** What an API server's rows become. */
async function cellsOf(rows: readonly unknown[][], wide: boolean) {
  const get: Kube['get'] = async <T>() =>
    ({ kind: 'Table', columnDefinitions, rows: rows.map((cells) => ({ cells })) }) as T
  const context = { kube: { get } as Kube, now: () => new Date(0) }
  const options = { wide, metadata: false, limit: null, continueToken: null }
  const { columns, rows: read } = await readTable(context, { resource: widgets, name: null, selectors: {} }, options)
  return [columns, ...read.map(({ cells }) => cells)]
}

test('columns of a lower priority are shown when the output is wide', async () => {
  const rows = [['left', 'node-1', 3, '5m']]
  expect(await cellsOf(rows, false)).toEqual([
    ['Name', 'Size', 'Age'],
    ['left', '3', '5m'],
  ])
  expect(await cellsOf(rows, true)).toEqual([
    ['Name', 'Node', 'Size', 'Age'],
    ['left', 'node-1', '3', '5m'],
  ])
})

test('a cell that is empty, null or missing says so, and a row keeps its columns', async () => {
  const rows = [['left', 'node-1', '', null], ['right'], ['middle', 'node-2', false, 0]]
  expect(await cellsOf(rows, false)).toEqual([
    ['Name', 'Size', 'Age'],
    ['left', '<none>', '<none>'],
    ['right', '<none>', '<none>'],
    ['middle', 'false', '0'],
  ])
})

test('a secret in one cell is masked in that cell alone', async () => {
  const rows = [
    ['left', 'node-1', 'https://user:word@host', '5m'],
    ['right', 'node-1', '3', '5m'],
  ]
  expect(await cellsOf(rows, false)).toEqual([
    ['Name', 'Size', 'Age'],
    ['left', 'https://user:***@host', '5m'],
    ['right', '3', '5m'],
  ])
})
