import fc from 'fast-check'
import { expect, test } from 'vitest'
import { neutralise, neutraliseLine } from './neutralise.ts'

test.each([
  ['clearing the screen', '\u001b[2J', '␛[2J'],
  ['a title of the window', '\u001b]0;owned\u0007', '␛]0;owned␇'],
  ['the clipboard', '\u001b]52;c;cm0gLXJm\u001b\\', '␛]52;c;cm0gLXJm␛\\'],
  ['the same in one byte', '\u009b2J', '<U+009B>2J'],
  ['going back in the line', 'kept\rgone', 'kept␍gone'],
  ['deleting what stands there', 'yes\u0008\u0008\u0008no', 'yes␈␈␈no'],
  ['turning the reading order', 'a\u202eb\u2066c', 'a<U+202E>b<U+2066>c'],
  ['nothing to be seen', 'a\u200bb\ufeffc\u{e0041}', 'a<U+200B>b<U+FEFF>c<U+E0041>'],
  ['line ends that are none', 'a\u2028b\u0085c', 'a<U+2028>b<U+0085>c'],
  ['delete', 'a\u007f', 'a␡'],
])('%s becomes a mark', (_, text, shown) => {
  expect(neutralise(text)).toBe(shown)
})

test('what people write stays as it is', () => {
  const text = 'naïve 日本語 👩‍👩‍👧 می‌خواهم\n\tindented\r\nnext'
  expect(neutralise(text)).toBe(text.replace('\r\n', '\n'))
})

test('text of several lines can be kept on one', () => {
  expect(neutraliseLine('one\r\n  two\nthree')).toBe('one two three')
})

test('nothing that any text holds reaches the terminal as a control, however it is cut', () => {
  const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u001b', '[2J', '\r', '\n', '\u009b', '\u202e'),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const shown = pieces.map(neutralise).join('')
      return !unsafe.test(shown.replace(/[\n\t]/g, ''))
    }),
  )
})
