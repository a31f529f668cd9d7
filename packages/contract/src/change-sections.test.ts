import { expect, test } from 'vitest'
import { changeLeaves } from './change-leaves.ts'
import { changeSections } from './change-sections.ts'
import type { Change } from './effect.ts'

const rowsOf = (changes: Change[], elements = {}) =>
  changes.flatMap((change) => changeLeaves(change, { apiVersion: 'apps/v1', kind: 'Deployment', elements }))
const sectionsOf = (changes: Change[], elements = {}) =>
  changeSections(rowsOf(changes, elements)).map(({ head, rows }) => [
    head?.name ?? head?.path,
    rows.map((it) => it.own),
  ])
const web = { '/spec/template/spec/containers/0': { name: 'web' } }
const at = (path: string): Change => ({ path, before: 1, after: 2 })

test('rows that lead through one container show only their own', () => {
  const container = '/spec/template/spec/containers/0'
  const changes = [at(`${container}/image`), at('/spec/replicas'), at(`${container}/resources/limits/memory`)]
  expect(sectionsOf(changes, web)).toEqual([
    ['Container web', ['image', 'resources.limits.memory']],
    [undefined, ['spec.replicas']],
  ])
})

test('a single row keeps its whole path', () => {
  expect(sectionsOf([at('/spec/template/spec/containers/0/image')], web)).toEqual([
    [undefined, ['spec.template.spec.containers[name=web].image']],
  ])
})

test('what stands in one place shares its beginning, be its keys what they may', () => {
  const changes = ['a.example.com/x]', 'b.example.com/y[0]', 'plain'].map((key) =>
    at(`/metadata/annotations/${key.replaceAll('/', '~1')}`),
  )
  expect(sectionsOf(changes)).toEqual([
    ['metadata.annotations', ['["a.example.com/x]"]', '["b.example.com/y[0]"]', 'plain']],
  ])
})

test('elements without a name are told by their place', () => {
  expect(sectionsOf([at('/rules/1/verbs'), at('/rules/1/resources'), at('/rules/2/verbs')])).toEqual([
    ['Rule [1]', ['verbs', 'resources']],
    [undefined, ['rules[2].verbs']],
  ])
})

test('no row is lost, whatever there is', () => {
  const changes = Array.from({ length: 200 }, (_, index) =>
    at(`/spec/${['a', 'b', 'c'][index % 3]}/${index % 7}/${index}${index % 5 === 0 ? '/x' : ''}`),
  )
  const rows = rowsOf(changes)
  const sections = changeSections(rows)
  const shown = sections.flatMap(({ head, rows: own }) =>
    own.map(({ row, own: text }) => {
      expect(`${head?.path ?? ''}${row.label.slice(head?.path.length ?? 0)}`).toBe(row.label)
      expect(row.label.endsWith(text)).toBe(true)
      return row.label
    }),
  )
  expect(shown.toSorted()).toEqual(rows.map(({ label }) => label).toSorted())
})
