import { expect, test } from 'vitest'
import { neutraliseLine } from './neutralise-line.ts'

test('text of several lines can be kept on one, and moves nothing', () => {
  expect(neutraliseLine('one\r\n  two\nthree\u001b[2J\u200b')).toBe('one two three<U+001B>[2J<U+200B>')
})
