import type { Lexeme } from './lexemes.ts'

/** What may stand before a request and changes nothing about it. */
const courtesies = [
  'good morning',
  'good afternoon',
  'good evening',
  'good day',
  'hi there',
  'hello there',
  'hey there',
  'hi',
  'hello',
  'hey',
  'dear fairlead',
  'dear all',
  'dear team',
  'hi all',
  'hi team',
  'hello all',
  'hello team',
  'fairlead',
  'please',
  'pls',
  'plz',
  'kindly',
  'now',
  'ok',
  'okay',
  'yes',
  'also',
  'then',
  'next',
  'first',
  'finally',
  'afterwards',
  'after that',
  'and',
  'just',
  'so',
  'ok so',
  'okay so',
  'go ahead and',
  "let's",
  'lets',
  'let us',
  'thanks',
  'thank you',
]

/** Asking is one of the ways to tell somebody to do something, in these words. */
const requests = [
  'can you',
  'could you',
  'would you please',
  'would you kindly',
  'would you be so kind as to',
  'would you be so kind to',
  'will you please',
  'i want you to',
  'i need you to',
  'i would like you to',
  "i'd like you to",
  'we want you to',
  'we need you to',
  'we would like you to',
]
const gerund = 'would you mind'

/** What may stand behind a request and changes nothing about it. */
const closers = [
  'please',
  'pls',
  'plz',
  'now',
  'right now',
  'right away',
  'immediately',
  'at once',
  'asap',
  'thanks',
  'thank you',
  'thanks a lot',
  'many thanks',
  'thx',
  'cheers',
  'for me',
  'for us',
  'kindly',
  'it is urgent',
  "it's urgent",
  'this is urgent',
]

const split = (phrases: readonly string[]) =>
  phrases.map((phrase) => phrase.split(' ')).toSorted((a, b) => b.length - a.length)
const before = split([...courtesies, ...requests, gerund])
const behind = split(closers)
const asking = new Set([...requests, gerund])

export type Framed = {
  /** From the verb to the last word that says something. */
  words: readonly Lexeme[]
  /** "Can you": the question mark behind it asks nothing. */
  isPolite: boolean
  /** "Would you mind": the verb ends with `ing`. */
  isGerund: boolean
  /** "In shop:" before the verb. */
  place: Lexeme | undefined
}

/** A clause without what stands around a request out of politeness. */
export function withoutCourtesy(lexemes: readonly Lexeme[]): Framed {
  let words = [...lexemes]
  const framed = { isPolite: false, isGerund: false, place: undefined as Lexeme | undefined }
  for (;;) {
    const found = before.find((phrase) => phrase.every((word, at) => words[at]?.text === word))
    if (found !== undefined) {
      const phrase = found.join(' ')
      framed.isPolite ||= asking.has(phrase)
      framed.isGerund ||= phrase === gerund
      words = words.slice(found.length)
      continue
    }
    const placed = placeIn(words)
    if (placed === undefined || framed.place !== undefined) break
    framed.place = placed.place
    words = words.slice(placed.length)
  }
  for (;;) {
    const found = behind.find((phrase) =>
      phrase.every((word, at) => words[words.length - phrase.length + at]?.text === word),
    )
    if (found === undefined || found.length >= words.length) break
    words = words.slice(0, -found.length)
  }
  return { ...framed, words }
}

/** "In shop", "in the namespace shop". */
function placeIn(words: readonly Lexeme[]): { place: Lexeme; length: number } | undefined {
  if (!/^(?:in|inside|within|for)$/.test(words[0]?.text ?? '')) return undefined
  let at = 1
  while (/^(?:the|our|my|namespace|ns)$/.test(words[at]?.text ?? '')) at++
  const place = words[at]
  if (place === undefined) return undefined
  const isNamed = /^(?:namespace|ns)$/.test(words[at + 1]?.text ?? '')
  return { place, length: at + (isNamed ? 2 : 1) }
}
