import type { Change, EffectObject } from '@fairlead/contract/effect/effect'
import { expect, test } from 'vitest'
import { changeRows } from './change-rows.ts'

const object = (changes: Change[], kind = 'Deployment'): EffectObject => ({
  cluster: 'c',
  apiVersion: 'apps/v1',
  kind,
  namespace: 'shop',
  name: 'web',
  action: 'update',
  changes,
})

test('an update is one row a change, weighty ones marked', () => {
  const rows = changeRows(
    object([
      { path: '/spec/replicas', before: 3, after: 5 },
      { path: '/metadata/labels/tier', after: 'front' },
    ]),
  )
  expect(rows).toMatchObject([
    { label: 'spec.replicas', before: 3, after: 5, weight: 'replicas' },
    { label: 'metadata.labels.tier', before: undefined, after: 'front', weight: undefined },
  ])
  expect(rows.every(({ since }) => since === undefined)).toBe(true)
})

test('a creation is told value by value, none left out', () => {
  const after = {
    kind: 'Deployment',
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'a', image: 'i:1', args: ['-x', '-y'] }] } } },
    empty: {},
    none: [],
  }
  expect(changeRows(object([{ path: '', after }])).map(({ label, after: value }) => [label, value])).toEqual([
    ['kind', 'Deployment'],
    ['spec.replicas', 2],
    ['spec.template.spec.containers[name=a].image', 'i:1'],
    ['spec.template.spec.containers[name=a].args', ['-x', '-y']],
    ['empty', {}],
    ['none', []],
  ])
})

test('secrets are told by the object and by where a value stands', () => {
  const env = [{ name: 'DB_PASSWORD', value: 'p' }]
  expect(changeRows(object([{ path: '/data/user', after: 'x' }], 'Secret'))[0]?.isSecret).toBe(true)
  expect(changeRows(object([{ path: '/data/user', after: 'x' }], 'ConfigMap'))[0]?.isSecret).toBe(false)
  expect(changeRows(object([{ path: '/data/api_key', after: 'x' }], 'ConfigMap'))[0]?.isSecret).toBe(true)
  const created = changeRows(object([{ path: '', after: { spec: { env } } }], 'Pod'))
  expect(created.map(({ label, isSecret }) => [label, isSecret])).toEqual([['spec.env[name=DB_PASSWORD].value', true]])
  const [replaced] = changeRows(object([{ path: '/spec/env', before: [{ name: 'A' }], after: env }]))
  expect(replaced).toMatchObject({ label: 'spec.env[name=DB_PASSWORD].value', isSecret: true })
  const inPlace = object([{ path: '/spec/env/0/value', before: 'o', after: 'p' }])
  expect(changeRows(inPlace)[0]?.isSecret).toBe(false)
  expect(changeRows({ ...inPlace, elements: { '/spec/env/0': { name: 'DB_PASSWORD' } } })[0]?.isSecret).toBe(true)
})

test('beside what was seen before, each row says what became of it', () => {
  const seen = object([
    { path: '/spec/replicas', before: 3, after: 5 },
    { path: '/spec/paused', before: false, after: true },
    { path: '/spec/a', after: 1 },
  ])
  const now = object([
    { path: '/spec/replicas', before: 4, after: 5 },
    { path: '/spec/a', after: 1 },
    { path: '/spec/b', after: 2 },
  ])
  expect(changeRows(now, seen).map(({ label, since }) => [label, since])).toEqual([
    ['spec.replicas', { kind: 'changed', before: 3, after: 5 }],
    ['spec.a', undefined],
    ['spec.b', { kind: 'new' }],
    ['spec.paused', { kind: 'gone' }],
  ])
  expect(changeRows(now, null).every(({ since }) => since?.kind === 'new')).toBe(true)
})
