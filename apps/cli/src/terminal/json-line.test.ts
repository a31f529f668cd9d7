import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonLine } from './json-line.ts'

test('means the same, on one line, and moves no terminal', () => {
  const text = fc.string({ unit: 'binary' }).map((it) => it.toWellFormed())
  fc.assert(
    fc.property(fc.dictionary(text, text), (value) => {
      const line = jsonLine(value)
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('a character beyond the first plane is escaped whole', () => {
  expect(jsonLine('\u{e0041}\u009b')).toBe('"\\udb40\\udc41\\u009b"\n')
})
