/** A word as it was written, in lower case, and the marks right before and after it. */
export type Lexeme = { text: string; raw: string; before: string; after: string }

export type Lexemes = {
  lexemes: readonly Lexeme[]
  isQuestion: boolean
  /** Several words stand between quotation marks: somebody else's, or only mentioned. */
  isQuoted: boolean
  /** Marks, and words between brackets, that no plain sentence has: an aside, a hesitation, a wink. */
  stray: readonly string[]
}

const opening = /^[^\p{L}\p{N}/\\$@.~+%-]+/u
const closing = /[^\p{L}\p{N}/\\$@~+%-]+$/u
const quotes = /["“”`]|(?<![\w])'|'(?![\w])|[‘’](?![\w])/g
/** What may stand around a word of a plain sentence. */
const plainBefore = /^["“”„'‘’`]?$/
const plainAfter = /^["“”'’`]?(?:[.,;:?]|!+)?["“”'’`]?$/
const bracket = /[([{<]/
const unbracket = /[)\]}>]/
const asking = /[?¿؟？‽⁇⁈]/u

/** The words of a clause with everything that may change their meaning. Names, images and numbers stay whole. */
export function lexemesOf(clause: string): Lexemes {
  const lexemes: Lexeme[] = []
  const stray: string[] = []
  // In a message that is all capitals, they mean nothing.
  const isLoud = !/[a-z]/.test(clause)
  let quoted = 0
  let isInside = false
  let isQuoted = false
  let isAside = false
  for (const chunk of clause.trim().split(/\s+/)) {
    const isOpen = isInside
    if ((chunk.match(quotes) ?? []).length % 2 === 1) isInside = !isInside
    quoted = isOpen || isInside ? quoted + 1 : 0
    if (quoted > 1) isQuoted = true
    const before = opening.exec(chunk)?.[0] ?? ''
    const body = chunk.slice(before.length)
    const word = body.replace(closing, '')
    if (!/[\p{L}\p{N}]/u.test(word)) {
      // "Restart web !"
      if (lexemes.length === 0 || !/^[.,;:!?]$/.test(chunk)) stray.push(chunk)
      continue
    }
    const after = body.slice(word.length)
    isAside ||= bracket.test(before)
    if (isAside) stray.push(word)
    else if ((lexemes.length === 0 ? before !== '' : !plainBefore.test(before)) || !plainAfter.test(after)) {
      stray.push(chunk)
    }
    if (unbracket.test(after)) isAside = false
    const text = word.toLowerCase().replaceAll(/[’`´]/g, "'")
    lexemes.push({ text, raw: isLoud && !word.includes('_') ? text : word, before, after })
  }
  return { lexemes, isQuestion: asking.test(clause), isQuoted: isQuoted || isInside, stray }
}
