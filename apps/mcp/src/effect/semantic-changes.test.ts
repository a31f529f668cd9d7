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
  ])('names %s', (_, before, after, changes) => {
    expect(semanticChanges(before, after)).toEqual(changes)
  })
})
