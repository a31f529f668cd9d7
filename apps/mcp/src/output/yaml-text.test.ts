import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { yamlText } from './yaml-text.ts'

test.each([
  ['nothing', null, 'null'],
  ['a text', 'web', 'web'],
  ['no field', {}, '{}'],
  ['no item', [], '[]'],
  ['a field that is not there', { a: undefined, b: 1 }, 'b: 1'],
  ['fields and items', { a: { b: ['c', { d: true, e: [] }] } }, 'a:\n  b:\n    - c\n    - d: true\n      e: []'],
  ['a number as a text', { a: '1', b: '1.5', c: 'true', d: '' }, 'a: "1"\nb: "1.5"\nc: "true"\nd: ""'],
  [
    'an image, a path and a time',
    ['nginx:1.27', '/var/run', '2026-11-21T16:48:59Z'],
    '- nginx:1.27\n- /var/run\n- 2026-11-21T16:48:59Z',
  ],
  ['a script', { run: 'set -e\necho a\n' }, 'run: |\n  set -e\n  echo a'],
])('%s', (_, value, text) => {
  expect(yamlText(value)).toBe(text)
})

test('a long line is not folded', () => {
  const words = Array.from({ length: 100 }, (_, at) => `word${at}`).join(' ')
  expect(yamlText({ command: words })).toBe(`command: ${words}`)
})

test('a value that occurs twice is written twice', () => {
  const labels = { app: 'web' }
  expect(yamlText({ a: labels, b: labels })).toBe('a:\n  app: web\nb:\n  app: web')
})

test('marks of a document mean what they are', () => {
  const value = { a: { '---': ['...'] }, '...': [{ '---': 1 }, '---'] }
  expect(parse(yamlText(value))).toEqual(value)
})

test('any JSON reads back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noNullPrototype: true } as object), (value) => {
      expect(parse(yamlText(value))).toEqual(value)
    }),
  )
})
