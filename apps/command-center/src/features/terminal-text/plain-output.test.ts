import { expect, it } from 'vitest'
import { plainOutput } from './plain-output.ts'
import { withoutEscapes } from './read-escapes.ts'

const sent = 'a\x1b[31mb\r\n\tc\r50%\r100%\n\x1b]0;title\x07\u202ed\x1b[0m\x07\n'
const expected = 'ab\r\n\tc\r50%\r100%\n\u202ed\x07\n'

it('is what was sent, byte for byte, without escape sequences', async () => {
  expect((await plainOutput([sent])).join('')).toBe(expected)
  expect(withoutEscapes(sent)).toBe(expected)
  expect((await plainOutput(sent.split(''))).join('')).toBe(expected)
})
