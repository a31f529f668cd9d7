import { expect, it } from 'vitest'
import { maskedParts, maskedValue } from './masked-value.ts'

const [first, second] = ['ghp_0123456789abcdef0123456789abcdef0123', 'AKIAIOSFODNN7EXAMPLE']

it('a mark stands for each secret of a text, all around it stays, and it is said where', () => {
  const text = `a ${first} b ${second} c`
  expect(maskedParts({ spec: { x: text } }, '', undefined, { strength: 'written' })).toStrictEqual({
    value: { spec: { x: 'a *** b *** c' } },
    spans: [
      { path: '/spec/x', at: 2, mark: '***', text: first, bytes: 40, isUnchanged: false, origin: 'unknown' },
      { path: '/spec/x', at: 8, mark: '***', text: second, bytes: 20, isUnchanged: false, origin: 'unknown' },
    ],
  })
})

it('the place of a mark counts the marks in front of it, and has the hash that it shows', () => {
  const key = Buffer.alloc(32, 3)
  const { value, spans } = maskedParts({ x: `${first} ${second}` }, '', key, { strength: 'written' })
  const [one, two] = spans
  expect(one?.mark).toBe(`***(40 bytes, ${one?.hash})`)
  expect(two?.at).toBe((one?.mark.length ?? 0) + 1)
  expect(value).toEqual({ x: `${one?.mark} ${two?.mark}` })
})

it('the value alone, of a part of the object', () => {
  expect(maskedValue({ a: { b: first } }, '/a', undefined, { strength: 'read' })).toEqual({ b: '***' })
  expect(maskedValue(undefined, '', undefined, { strength: 'read' })).toBeUndefined()
})
