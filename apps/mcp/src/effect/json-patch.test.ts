import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPatch, fittedPatch, reversePatch } from './json-patch.ts'
import { semanticChanges } from './semantic-changes.ts'

describe('applyPatch', () => {
  it.each([
    ['add', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['add to the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['add in between', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['replace', { a: 1 }, [{ op: 'replace', path: '/a', value: 2 }], { a: 2 }],
    ['remove', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['move', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    ['move within a list', [1, 2, 3], [{ op: 'move', from: '/0', path: '/2' }], [2, 3, 1]],
    ['copy', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    ['test', { a: { b: 1 } }, [{ op: 'test', path: '/a', value: { b: 1 } }], { a: { b: 1 } }],
    ['a key with a slash', { 'a/b': 1 }, [{ op: 'replace', path: '/a~1b', value: 2 }], { 'a/b': 2 }],
  ] as const)('%s', (_, document, patch, result) => {
    const before = structuredClone(document)
    expect(applyPatch(document, patch)).toEqual(result)
    expect(document).toEqual(before)
  })

  it.each([
    [{ op: 'remove', path: '/x' }, 'nothing is at /x'],
    [{ op: 'replace', path: '/a/x', value: 1 }, 'nothing is at /a/x'],
    [{ op: 'copy', from: '/x', path: '/y' }, 'nothing is at /x'],
    [{ op: 'test', path: '/a', value: 2 }, 'what is at /a is not what was tested for'],
    [{ op: 'replace', path: '/list/2', value: 1 }, 'nothing is at /list/2'],
    [{ op: 'add', path: '/list/3', value: 1 }, 'nothing is at /list/3'],
    // The server counts this from the end, and another insertion than a replacement.
    [{ op: 'add', path: '/list/-1', value: 1 }, 'nothing is at /list/-1'],
    [{ op: 'add', path: '/list/', value: 1 }, 'nothing is at /list/'],
    [{ op: 'add', path: '/list/1e0', value: 1 }, 'nothing is at /list/1e0'],
  ] as const)('%j fails', (operation, message) => {
    expect(() => applyPatch({ a: 1, list: [1, 2] }, [operation])).toThrow(new RangeError(message))
  })

  it('copies no copies of copies without end', () => {
    const doubling = Array.from({ length: 100 }, (_, index) => ({
      op: 'copy' as const,
      from: '/a',
      path: `/a/${index}`,
    }))
    expect(() => applyPatch({ a: { text: 'x' } }, doubling)).toThrow(/^more than \d+ bytes are copied$/)
  })
})

it('changes are taken back by their reverse, whatever they are', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  const object = fc.dictionary(fc.string(), json, { noNullPrototype: true })
  fc.assert(
    fc.property(object, object, (before, after) => {
      const patch = fittedPatch(after, reversePatch(semanticChanges(before, after)))
      expect(applyPatch(after, patch)).toEqual(before)
    }),
  )
})
