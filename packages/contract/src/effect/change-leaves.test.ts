import { expect, test } from 'vitest'
import { changeLeaves } from './change-leaves.ts'

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' }
type LeafParts = [label: string, before: unknown, after: unknown]
const leavesOf = (before: unknown, after: unknown, path = '/env'): LeafParts[] =>
  changeLeaves({ path, before, after }, deployment).map((leaf) => [leaf.label, leaf.before, leaf.after])
const variable = (name: string, value: string) => ({ name, value })
const level = (value: string) => variable('LOG_LEVEL', value)
const [port, url] = [variable('PORT', '80'), variable('URL', 'http://a')]
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

test.each<[string, unknown, unknown, LeafParts[]]>([
  [
    'one that changes while one comes',
    [port, level('info')],
    [port, level('debug'), url],
    [
      ['env[name=LOG_LEVEL].value', 'info', 'debug'],
      ['env[name=URL].value', undefined, 'http://a'],
    ],
  ],
  [
    'one that goes from the middle',
    [port, level('info'), url],
    [port, url],
    [['env[name=LOG_LEVEL].value', 'info', undefined]],
  ],
  [
    'one that is put in front',
    [port],
    [url, port],
    [
      ['env[name=URL].value', undefined, 'http://a'],
      ['order of env', 'PORT', 'URL, PORT'],
    ],
  ],
  [
    'one that another replaces',
    [port],
    [url],
    [
      ['env[name=URL].value', undefined, 'http://a'],
      ['env[name=PORT].value', '80', undefined],
    ],
  ],
  [
    'the order of all but the first',
    [port, url, level('info')],
    [port, level('info'), url],
    [['order of env', 'PORT, URL, LOG_LEVEL', 'PORT, LOG_LEVEL, URL']],
  ],
  ['nothing but the order', [port, url], [url, port], [['order of env', 'PORT, URL', 'URL, PORT']]],
  [
    'what is inside of elements',
    [{ name: 'web', env: [port] }],
    [{ name: 'web', env: [port, url] }, { name: 'log' }],
    [
      ['env[name=web].env[name=URL].value', undefined, 'http://a'],
      ['env[name=log].name', undefined, 'log'],
    ],
  ],
  [
    'elements that have but their place',
    [{ value: 'a' }, { value: 'b' }],
    [{ value: 'b' }],
    [['env', [{ value: 'a' }, { value: 'b' }], [{ value: 'b' }]]],
  ],
  [
    'elements that have but their place, further inside',
    { a: [{ value: 'a' }], b: 1 },
    { a: [{ value: 'b' }], b: 2 },
    [
      ['env.a', [{ value: 'a' }], [{ value: 'b' }]],
      ['env.b', 1, 2],
    ],
  ],
  [
    'elements that have but their place, and come',
    undefined,
    [{ value: 'a' }, { value: 'b', more: 1 }],
    [
      ['env[0].value', undefined, 'a'],
      ['env[1].value', undefined, 'b'],
      ['env[1].more', undefined, 1],
    ],
  ],
  ['elements that have but their place, and go', [{ value: 'a' }], undefined, [['env[0].value', 'a', undefined]]],
  ['plain values', ['-v'], ['-v', '-q'], [['env', ['-v'], ['-v', '-q']]]],
  ['plain values that come', undefined, { a: ['-v', null, 7] }, [['env.a', undefined, ['-v', null, 7]]]],
  ['few plain values', undefined, numbers(8), [['env', undefined, numbers(8)]]],
  ['many plain values', undefined, numbers(9), numbers(9).map((at): LeafParts => [`env[${at}]`, undefined, at])],
  [
    'a plain value and a structure',
    undefined,
    [1, { value: 'a' }],
    [
      ['env[0]', undefined, 1],
      ['env[1].value', undefined, 'a'],
    ],
  ],
  ['a list that becomes something else', [port], 'none', [['env', [port], 'none']]],
  ['a list that comes', undefined, [port], [['env[name=PORT].value', undefined, '80']]],
  ['a structure that becomes something else', { a: 1 }, 'none', [['env', { a: 1 }, 'none']]],
  ['a structure that becomes nothing', { a: 1 }, null, [['env', { a: 1 }, null]]],
  [
    'what is empty and comes',
    undefined,
    { a: {}, b: [] },
    [
      ['env.a', undefined, {}],
      ['env.b', undefined, []],
    ],
  ],
  ['what is nothing, and stays it', { a: null, b: 1 }, { a: null, b: 2 }, [['env.b', 1, 2]]],
  [
    'a structure that another one replaces',
    { a: 1, b: { c: 2 } },
    { b: { c: 3 } },
    [
      ['env.b.c', 2, 3],
      ['env.a', 1, undefined],
    ],
  ],
])('of a list is told: %s', (_, before, after, leaves) => {
  expect(leavesOf(before, after)).toEqual(leaves)
})

test('a value that may have changed behind its mask is told, one that has not is left out', () => {
  const masked = (hash: string) => [variable('KEY', `***(20 bytes, ${hash})`), variable('PIN', '***')]
  expect(leavesOf([...masked('0a'), port], masked('0a'))).toEqual([
    ['env[name=PIN].value', '***', '***'],
    ['env[name=PORT].value', '80', undefined],
  ])
})

test('a change whose sides look the same is a change all the same', () => {
  expect(leavesOf([port], [port])).toEqual([['env', [port], [port]]])
})

test('of a whole object every label begins with the key', () => {
  expect(leavesOf({ kind: 'A', spec: { on: true } }, undefined, '')).toEqual([
    ['kind', 'A', undefined],
    ['spec.on', true, undefined],
  ])
})

test('what has but its place says where it is, too', () => {
  const after = { list: [{ value: 'a' }, { value: 'b' }] }
  expect(changeLeaves({ path: '/spec', after }, deployment)).toEqual([
    { path: '/spec/list/0/value', label: 'spec.list[0].value', before: undefined, after: 'a' },
    { path: '/spec/list/1/value', label: 'spec.list[1].value', before: undefined, after: 'b' },
  ])
})

test('every leaf says where it is', () => {
  const [before, after] = [
    [port, level('info')],
    [level('debug'), url],
  ]
  expect(changeLeaves({ path: '/spec/env', before, after }, deployment).map(({ path }) => path)).toEqual([
    '/spec/env/0/value',
    '/spec/env/1/value',
    '/spec/env/0/value',
  ])
})

test('what the server calls the elements on the way stands in the label', () => {
  const change = { path: '/spec/containers/0/env/1/value', before: 'info', after: 'debug' }
  const elements = { '/spec/containers/0': { name: 'web' }, '/spec/containers/0/env/1': { name: 'LOG_LEVEL' } }
  const [only, ...others] = changeLeaves(change, { ...deployment, elements })
  expect(others).toEqual([])
  expect(only).toEqual({ ...change, label: 'spec.containers[name=web].env[name=LOG_LEVEL].value' })
})
