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
    expect(applyPatch(document, patch)).toStrictEqual(result)
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

  it('makes keys like any other, whatever they are called', () => {
    const once = applyPatch({ a: 1 }, [
      { op: 'replace', path: '/a', value: 2 },
      { op: 'add', path: '/__proto__', value: 3 },
    ])
    const plain = { configurable: true, enumerable: true, writable: true }
    expect(Object.getOwnPropertyDescriptors(once)).toEqual({
      a: { value: 2, ...plain },
      ['__proto__']: { value: 3, ...plain },
    })
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

describe('fittedPatch', () => {
  it('makes the maps first that are not there, each once', () => {
    const patch = [
      { op: 'add', path: '/metadata/labels/a', value: '1' },
      { op: 'add', path: '/metadata/labels/b', value: '2' },
    ] as const
    expect(fittedPatch({ metadata: {} }, patch)).toEqual([{ op: 'add', path: '/metadata/labels', value: {} }, ...patch])
    expect(fittedPatch({ metadata: { labels: {} } }, patch)).toEqual(patch)
    expect(fittedPatch({}, patch.slice(0, 1))).toEqual([
      { op: 'add', path: '/metadata', value: {} },
      { op: 'add', path: '/metadata/labels', value: {} },
      patch[0],
    ])
  })

  it('adds what it was to replace and is gone, and removes what is there', () => {
    const replace = { op: 'replace', path: '/a', value: 1 } as const
    expect(fittedPatch({}, [replace])).toEqual([{ ...replace, op: 'add' }])
    expect(fittedPatch({ a: 0 }, [replace])).toEqual([replace])
    const remove = { op: 'remove', path: '/a' } as const
    expect(fittedPatch({}, [remove])).toEqual([])
    expect(fittedPatch({ a: 0 }, [remove])).toEqual([remove])
  })
})

describe('reversePatch', () => {
  it('puts back first, and takes away from the end on', () => {
    const changes = [
      { path: '/list/1', after: 1 },
      { path: '/list/2', after: 2 },
      { path: '/a', before: 1 },
      { path: '/b', before: 1, after: 2 },
    ]
    expect(reversePatch(changes)).toEqual([
      { op: 'add', path: '/a', value: 1 },
      { op: 'replace', path: '/b', value: 1 },
      { op: 'remove', path: '/list/2' },
      { op: 'remove', path: '/list/1' },
    ])
  })
})

describe('a patch of the whole', () => {
  it('replaces or removes it', () => {
    const value = { b: 1 }
    const result = applyPatch({ a: 1 }, [{ op: 'replace', path: '', value }])
    expect(result).toEqual(value)
    expect(result).not.toBe(value)
    expect(applyPatch({ a: 1 }, [{ op: 'remove', path: '' }])).toBeUndefined()
  })

  it('tests for nothing where nothing is', () => {
    expect(applyPatch({}, [{ op: 'test', path: '/a', value: undefined }])).toEqual({})
    expect(() => applyPatch({ a: 1 }, [{ op: 'test', path: '', value: { a: 2 } }])).toThrow(RangeError)
  })

  it('goes into lists and records alone', () => {
    for (const document of [{ a: 'text' }, { a: null }, { a: 1 }]) {
      expect(() => applyPatch(document, [{ op: 'add', path: '/a/b', value: 1 }])).toThrow('nothing is at /a/b')
    }
    expect(() => applyPatch({ a: [] }, [{ op: 'add', path: '/a/01', value: 1 }])).toThrow('nothing is at /a/01')
    expect(() => applyPatch({ a: [] }, [{ op: 'add', path: '/a/1x', value: 1 }])).toThrow('nothing is at /a/1x')
    expect(() => applyPatch({ a: [1] }, [{ op: 'remove', path: '/a/-' }])).toThrow('nothing is at /a/-')
    const many = Array.from({ length: 12 }, (_, at) => at)
    expect(applyPatch(many, [{ op: 'remove', path: '/10' }])).toHaveLength(11)
    expect(applyPatch({ a: [1, 2] }, [{ op: 'replace', path: '/a/0', value: 3 }])).toEqual({ a: [3, 2] })
    expect(applyPatch({ a: [1, 2] }, [{ op: 'remove', path: '/a/0' }])).toEqual({ a: [2] })
  })

  it('takes what every object has for no key, and writes such a key like any other', () => {
    expect(() => applyPatch({}, [{ op: 'remove', path: '/constructor' }])).toThrow('nothing is at /constructor')
    const document = JSON.parse('{"__proto__":1}')
    const patched = applyPatch(document, [{ op: 'replace', path: '/__proto__', value: 2 }])
    expect(JSON.stringify(patched)).toBe('{"__proto__":2}')
    expect(applyPatch(patched, [{ op: 'remove', path: '/__proto__' }])).toEqual({})
  })

  it('says a long place by its beginning', () => {
    const path = `/${'x'.repeat(300)}`
    expect(() => applyPatch({}, [{ op: 'remove', path }])).toThrow(
      new RangeError(`nothing is at ${path.slice(0, 200)}…`),
    )
    const fits = `/${'x'.repeat(199)}`
    expect(() => applyPatch({}, [{ op: 'remove', path: fits }])).toThrow(new RangeError(`nothing is at ${fits}`))
  })

  it('copies as much as a request may hold, and not a byte more', () => {
    const text = 'x'.repeat(3 * 1024 * 1024 - 2)
    const copy = { op: 'copy', from: '/a', path: '/b' } as const
    expect(applyPatch({ a: text }, [copy])).toEqual({ a: text, b: text })
    expect(() => applyPatch({ a: `${text}x` }, [copy])).toThrow('more than 3145728 bytes are copied')
  })

  it('gives each copy a value of its own', () => {
    const patched = applyPatch({ a: { b: 1 } }, [
      { op: 'copy', from: '/a', path: '/c' },
      { op: 'replace', path: '/c/b', value: 2 },
    ])
    expect(patched).toEqual({ a: { b: 1 }, c: { b: 2 } })
  })
})
