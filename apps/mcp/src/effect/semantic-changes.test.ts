import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPatch, reversePatch } from './json-patch.ts'
import { semanticChanges } from './semantic-changes.ts'

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, 3, '', 'web', 'a/b', 'm~n'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: tie('value') }, { noNullPrototype: true }), {
      maxLength: 4,
    }),
    tie('record'),
  ),
  record: fc.dictionary(fc.constantFrom('spec', 'name', 'a/b', 'm~n', '', '__proto__', 'constructor'), tie('value'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
})).record

describe('semanticChanges', () => {
  it('leads from before to after and back', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        // Turned round, the changes that lead back lead there.
        expect(applyPatch(before, reversePatch(semanticChanges(after, before)))).toEqual(after)
        expect(applyPatch(after, reversePatch(semanticChanges(before, after)))).toEqual(before)
      }),
      { numRuns: 2_000 },
    )
  })

  it('finds nothing between equal values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        const turned = JSON.parse(JSON.stringify(value), (_, part) =>
          part !== null && typeof part === 'object' && !Array.isArray(part)
            ? Object.fromEntries(Object.entries(part).toReversed())
            : part,
        )
        expect(semanticChanges(value, turned)).toEqual([])
      }),
    )
  })

  it.each([
    [
      'a number',
      { spec: { replicas: 3 } },
      { spec: { replicas: 5 } },
      [{ path: '/spec/replicas', before: 3, after: 5 }],
    ],
    ['a creation', undefined, { kind: 'X' }, [{ path: '', after: { kind: 'X' } }]],
    [
      'the first annotation, by its own name',
      { metadata: {} },
      { metadata: { annotations: { 'a/b': 'x' } } },
      [{ path: '/metadata/annotations/a~1b', after: 'x' }],
    ],
    [
      'an image in its place',
      { containers: [{ name: 'app', image: 'a:1' }] },
      { containers: [{ name: 'app', image: 'a:2' }] },
      [{ path: '/containers/0/image', before: 'a:1', after: 'a:2' }],
    ],
    ['an element at the end', { args: ['a'] }, { args: ['a', 'b'] }, [{ path: '/args/1', after: 'b' }]],
    [
      'a list with something put in front as one change',
      { env: [{ name: 'B' }] },
      { env: [{ name: 'A' }, { name: 'B' }] },
      [{ path: '/env', before: [{ name: 'B' }], after: [{ name: 'A' }, { name: 'B' }] }],
    ],
    [
      'a renamed element as one change of its list',
      { env: [{ name: 'A', value: '1' }] },
      { env: [{ name: 'B', value: '1' }] },
      [{ path: '/env', before: [{ name: 'A', value: '1' }], after: [{ name: 'B', value: '1' }] }],
    ],
    ['null against nothing', { a: null }, {}, [{ path: '/a', before: null }]],
    ['something against null', { a: 1 }, { a: null }, [{ path: '/a', before: 1, after: null }]],
    ['a record against a text', { a: { b: 1 } }, { a: 'b' }, [{ path: '/a', before: { b: 1 }, after: 'b' }]],
    ['a text against a record', { a: 'b' }, { a: { b: 1 } }, [{ path: '/a', before: 'b', after: { b: 1 } }]],
    ['a list against a record', { a: [1] }, { a: { 0: 1 } }, [{ path: '/a', before: [1], after: { 0: 1 } }]],
    ['a list against a text', { a: [1] }, { a: '1' }, [{ path: '/a', before: [1], after: '1' }]],
    [
      'the last label, by its own name',
      { metadata: { labels: { a: 'b' } } },
      {},
      [{ path: '/metadata', before: { labels: { a: 'b' } } }],
    ],
    [
      'labels that go',
      { metadata: { labels: { a: 'b' } } },
      { metadata: {} },
      [{ path: '/metadata/labels/a', before: 'b' }],
    ],
    [
      'labels that come',
      { metadata: {} },
      { metadata: { labels: { a: 'b' } } },
      [{ path: '/metadata/labels/a', after: 'b' }],
    ],
    [
      'another map that comes, as one',
      { spec: {} },
      { spec: { a: { b: 'c' } } },
      [{ path: '/spec/a', after: { b: 'c' } }],
    ],
    [
      'keys in their order',
      { b: 1, a: 1, c: 1 },
      { c: 2, a: 2, b: 2 },
      [
        { path: '/a', before: 1, after: 2 },
        { path: '/b', before: 1, after: 2 },
        { path: '/c', before: 1, after: 2 },
      ],
    ],
    [
      'two elements that changed places, as one',
      { a: [{ name: 'x' }, { name: 'y' }] },
      { a: [{ name: 'y' }, { name: 'x' }] },
      [{ path: '/a', before: [{ name: 'x' }, { name: 'y' }], after: [{ name: 'y' }, { name: 'x' }] }],
    ],
    [
      'an element that is called otherwise beside one that is not, as one',
      { a: [{ name: 'x' }, { name: 'y' }] },
      { a: [{ name: 'x' }, { name: 'z' }] },
      [{ path: '/a', before: [{ name: 'x' }, { name: 'y' }], after: [{ name: 'x' }, { name: 'z' }] }],
    ],
    ['elements without a name in their places', { a: [1, 2] }, { a: [1, 3] }, [{ path: '/a/1', before: 2, after: 3 }]],
    ['an element that was cut off', { a: [1, 2, 3] }, { a: [1, 2] }, [{ path: '/a/2', before: 3 }]],
    [
      'a list that changed and grew, as one',
      { a: [1, 2] },
      { a: [1, 3, 4] },
      [{ path: '/a', before: [1, 2], after: [1, 3, 4] }],
    ],
    [
      'a name that comes, as one',
      { a: [1] },
      { a: [{ name: 'x' }] },
      [{ path: '/a', before: [1], after: [{ name: 'x' }] }],
    ],
  ])('names %s', (_, before, after, changes) => {
    expect(semanticChanges(before, after)).toStrictEqual(changes)
  })
})
