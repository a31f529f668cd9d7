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

type SectionParts = [head: { path: string; name: string | undefined } | undefined, own: string[]]
const sectionPartsOf = (...labels: string[]) =>
  changeSections(labels.map((label) => ({ label }))).map(
    ({ head, rows }): SectionParts => [head, rows.map(({ own }) => own)],
  )

test.each([
  ['containers', 'Container'],
  ['initContainers', 'Init container'],
  ['ephemeralContainers', 'Ephemeral container'],
  ['volumes', 'Volume'],
  ['rules', 'Rule'],
  ['ports', 'Port'],
  ['webhooks', 'Webhook'],
  ['subjects', 'Subject'],
])('an element of %s is called %s', (list, noun) => {
  for (const [element, name] of [
    ['[name=web1]', 'web1'],
    ['[name="a b"]', '"a b"'],
    ['[kind=User name=ann]', 'kind=User name=ann'],
    ['[12]', '[12]'],
  ]) {
    const path = `spec.${list}${element}`
    expect(sectionPartsOf(`${path}.a`, `${path}.b`)).toEqual([[{ path, name: `${noun} ${name}` }, ['a', 'b']]])
  }
})

test.each(['spec.things[0]', 'spec.constructor[0]', 'rules.things', 'rules["x[0]"]', '[name=web]'])(
  'what %s is has no other name',
  (path) => {
    expect(sectionPartsOf(`${path}.a`, `${path}.b`)).toEqual([[{ path, name: undefined }, ['a', 'b']]])
  },
)

test.each<[what: string, labels: string[], expected: SectionParts[]]>([
  ['the first steps of all', ['kind', 'paused'], [[undefined, ['kind', 'paused']]]],
  [
    'orders',
    ['order of spec.volumes', 'order of spec.tolerations'],
    [[undefined, ['order of spec.volumes', 'order of spec.tolerations']]],
  ],
  [
    'elements that are values',
    ['spec.args[0]', 'spec.args[1]'],
    [[{ path: 'spec.args', name: undefined }, ['[0]', '[1]']]],
  ],
  [
    'what stands behind a quoted key',
    ['spec["x.y"].a.b', 'spec["x.y"].a.c'],
    [[{ path: 'spec["x.y"].a', name: undefined }, ['b', 'c']]],
  ],
  [
    'rows that share nothing, before and after others',
    ['a.x', 'b.x', 'c.x', 'c.y', 'd.x', 'e.x'],
    [
      [undefined, ['a.x', 'b.x']],
      [{ path: 'c', name: undefined }, ['x', 'y']],
      [undefined, ['d.x', 'e.x']],
    ],
  ],
])('%s stand as they should', (_, labels, expected) => {
  expect(sectionPartsOf(...labels)).toEqual(expected)
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
