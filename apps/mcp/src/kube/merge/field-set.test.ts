import { describe, expect, it } from 'vitest'
import { contestedFields, type FieldSet, fieldsSaid, unionOf, withoutFields } from './field-set.ts'

const port = 'k:{"containerPort":80,"protocol":"TCP"}'
const owned = {
  'f:data': { '.': {}, 'f:a': {}, 'f:b': {} },
  'f:ports': { '.': {}, [port]: { '.': {}, 'f:containerPort': {}, 'f:name': {} } },
  'f:finalizers': { '.': {}, 'v:"hold"': {} },
}
const live = {
  data: { a: '1', b: '2', c: '3' },
  ports: [
    { containerPort: 80, protocol: 'TCP', name: 'http' },
    { containerPort: 90, protocol: 'TCP' },
  ],
  finalizers: ['hold', 'other'],
}

describe('withoutFields', () => {
  it.each<[string, unknown, FieldSet[], unknown]>([
    [
      'lets go of what the manifest lacks, not of what is not in the set',
      { data: { a: '1' }, ports: [{ containerPort: 80, name: 'http' }], finalizers: ['hold'] },
      [],
      { ...live, data: { a: '1', c: '3' } },
    ],
    [
      'takes an element whose keys the manifest has no more',
      { data: { a: '1', b: '2' }, ports: [{ containerPort: 90 }], finalizers: ['x'] },
      [],
      { data: live.data, ports: [{ containerPort: 90, protocol: 'TCP' }], finalizers: ['other'] },
    ],
    [
      'leaves what others own too',
      { data: {}, ports: [], finalizers: [] },
      [{ 'f:data': { 'f:a': {} } }, { 'f:ports': { [port]: { 'f:name': {} } } }],
      {
        data: { a: '1', c: '3' },
        ports: [
          { protocol: 'TCP', name: 'http' },
          { containerPort: 90, protocol: 'TCP' },
        ],
        finalizers: ['other'],
      },
    ],
    [
      'takes a whole map that the manifest does not name',
      { ports: live.ports, finalizers: live.finalizers },
      [],
      { ports: live.ports, finalizers: live.finalizers },
    ],
  ])('%s', (_, manifest, others, expected) => {
    expect(withoutFields(live, owned, { manifest, others })).toEqual(expected)
  })
})

it('finds the fields that a manifest says something of, a key with its default included', () => {
  const manifest = { data: { a: '9' }, ports: [{ containerPort: 80 }] }
  expect(fieldsSaid(owned, manifest)).toEqual({
    'f:data': { '.': {}, 'f:a': {} },
    'f:ports': { '.': {}, [port]: { '.': {}, 'f:containerPort': {} } },
  })
})

it('finds where a manifest says something else than is live', () => {
  const manifest = { data: { a: '9', b: '2', c: 'x' }, ports: [{ containerPort: 80, name: 'web' }] }
  expect(contestedFields(owned, live, manifest)).toEqual([
    '.data.a',
    '.ports[{"containerPort":80,"protocol":"TCP"}].name',
  ])
})

it('joins sets', () => {
  expect(unionOf({ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} }, 'f:d': {} })).toEqual({
    'f:a': { 'f:b': {}, 'f:c': {} },
    'f:d': {},
  })
})
