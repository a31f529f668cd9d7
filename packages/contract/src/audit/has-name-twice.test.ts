import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasNameTwice } from './has-name-twice.ts'

const isTwice = (text: string) => hasNameTwice(text, JSON.parse(text))

test('no value that is written as JSON has a name twice, however it is indented', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      expect(isTwice(text)).toBe(false)
      expect(isTwice(JSON.stringify(JSON.parse(text), undefined, indent))).toBe(false)
    }),
  )
})

test.each([
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '{"a" :1,"a"\n\t\r :2}',
  '[{"b":{"a":"\\\\","a":"\\""}}]',
  '{"a":{"a":1},"b":[1,{"c":1,"c":1}]}',
])('%s has', (text) => expect(isTwice(text)).toBe(true))

test.each([
  '{"a":"a","b":"a:"}',
  '{"a":"\\"b\\":1"}',
  '{"a\\\\":1,"a":2}',
  '["a","a"]',
  '{"":"","b":":"}',
  '{"a" :1,"b"\n\t\r :2}',
  'null',
  '"a"',
  '1',
])('%s has not', (text) => expect(isTwice(text)).toBe(false))
