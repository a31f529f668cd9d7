import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleLine, visibleParts, visibleProse, visibleText } from './visible-text.ts'

const parts = (text: string) =>
  visibleParts(text)
    .map((part) => (part.isMark ? `<${part.text}>` : part.text))
    .join('')

/** What is marked wherever somebody decides; the third is how prose has it, where it stays as it is there. */
test.each<[what: string, text: string, shown: string, prose?: 'prose']>([
  ['nothing', '\u0000', '<U+0000>'],
  ['clearing the screen', '\u001b[2J', '<U+001B>[2J'],
  ['a title of the window', '\u001b]0;owned\u0007', '<U+001B>]0;owned<U+0007>'],
  ['an escape in one byte', '\u009b2J', '<U+009B>2J'],
  ['going back in the line', 'kept\rgone', 'kept<U+000D>gone'],
  ['taking back', 'yes\u0008', 'yes<U+0008>'],
  ['deleting', 'a\u007f', 'a<U+007F>'],
  ['a line end that is none', 'a\u0085b', 'a<U+0085>b'],
  ['a separator of lines', 'a\u2028b', 'a<U+2028>b'],
  ['a separator of paragraphs', 'a\u2029b', 'a<U+2029>b'],
  ['turning the reading order', 'a\u202eb\u2066c', 'a<U+202E>b<U+2066>c'],
  ['a mark of direction', 'a\u200eb\u200fc\u061cd', 'a<U+200E>b<U+200F>c<U+061C>d'],
  ['a blank without width', 'rm\u200b -rf', 'rm<U+200B> -rf'],
  ['a joiner of words', 'a\u2060b', 'a<U+2060>b'],
  ['a mark of byte order', '\ufeffa', '<U+FEFF>a'],
  ['a soft hyphen', 'a\u00adb', 'a<U+00AD>b'],
  ['a joiner of graphemes', 'a\u034fb', 'a<U+034F>b'],
  ['a tag', 'x\u{e0041}y', 'x<U+E0041>y'],
  ['a letter that only fills', 'a\u3164b\u115fc\u1160d\uffa0e', 'a<U+3164>b<U+115F>c<U+1160>d<U+FFA0>e'],
  ['a sign that is blank', 'a\u2800b\u{1d159}c\u{16fe4}d', 'a<U+2800>b<U+1D159>c<U+16FE4>d'],
  ['a vowel that is not drawn', 'a\u17b4b', 'a<U+17B4>b'],
  ['a further variation', 'a\ufe00b\u{e0100}c\u180bd', 'a<U+FE00>b<U+E0100>c<U+180B>d'],
  ['a private character', 'a\ue000b', 'a<U+E000>b'],
  ['one that nobody has given a meaning', 'a\u0378b\uffffc', 'a<U+0378>b<U+FFFF>c'],
  ['half of a pair', 'a\ud83db', 'a<U+D83D>b'],
  ['a joiner of letters', 'می\u200cخواهم', 'می<U+200C>خواهم', 'prose'],
  ['a joiner of emoji', '👩\u200d👧', '👩<U+200D>👧', 'prose'],
  ['how an emoji is drawn', '⚠\ufe0f ⚠\ufe0e', '⚠<U+FE0F> ⚠<U+FE0E>', 'prose'],
  ['a blank that is none', '10\u202f000\u00a0€\u3000x', '10<U+202F>000<U+00A0>€<U+3000>x', 'prose'],
])('%s is marked', (_, text, shown, prose) => {
  expect(visibleText(text)).toBe(shown)
  expect(visibleLine(text)).toBe(shown)
  expect(parts(text)).toBe(shown)
  expect(visibleProse(text)).toBe(prose === undefined ? shown : text)
})

test('what people write stays as it is, line ends and tabs but where there is one line', () => {
  const text = 'naïve e\u0301 日本語 👍🏽 🇩🇪 हिन्दी\n\tindented\r\nnext'
  const kept = text.replace('\r\n', '\n')
  for (const shown of [visibleText, visibleProse, parts]) expect(shown(text)).toBe(kept)
  expect(visibleLine(text)).toBe(kept.replaceAll('\n', '<U+000A>').replace('\t', '<U+0009>'))
})

test('parts are as few as can be, each known by its place', () => {
  expect(visibleParts('')).toEqual([])
  expect(visibleParts('ab\u200b\u200bcd')).toEqual([
    { text: 'ab', isMark: false, at: 0 },
    { text: 'U+200B', isMark: true, at: 1 },
    { text: 'U+200B', isMark: true, at: 2 },
    { text: 'cd', isMark: false, at: 3 },
  ])
})

test('nothing that any text holds is left to deceive, however it is cut', () => {
  const left = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u
  const piece = fc.oneof(
    fc.integer({ max: 0x10ffff, min: 0 }).map((code) => String.fromCodePoint(code)),
    fc.constantFrom('\u001b', '[2J', '\r', '\n', '\u009b', '\u202e'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const shown = pieces.map(visibleText).join('')
      return !left.test(shown.replace(/[\n\t]/g, '')) && !/[\t\n]/.test(visibleLine(pieces.join('')))
    }),
  )
})
