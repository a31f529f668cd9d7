/** A word as it was written, in lower case, and the marks right after it. */
export type Lexeme = { text: string; raw: string; after: string }

export type Lexemes = {
  lexemes: readonly Lexeme[]
  isQuestion: boolean
  /** Several words stand between quotation marks: somebody else's, or only mentioned. */
  isQuoted: boolean
}

const opening = /^[("'“‘`[*_]+/
const closing = /[)"'”’`\].,;:!?*_…]+$/
const quotes = /["“”`]|(?<![\w])'|'(?![\w])|[‘’](?![\w])/g
/** A dash or dots by themselves. */
const pause = /^[-–—.,…!]+$/

/** The words of a clause with everything that may change their meaning. Names, images and numbers stay whole. */
export function lexemesOf(clause: string): Lexemes {
  const lexemes: Lexeme[] = []
  // In a message that is all capitals, they mean nothing.
  const isLoud = !/[a-z]/.test(clause)
  let quoted = 0
  let isInside = false
  let isQuoted = false
  for (const chunk of clause.trim().split(/\s+/)) {
    const isOpen = isInside
    if ((chunk.match(quotes) ?? []).length % 2 === 1) isInside = !isInside
    quoted = isOpen || isInside ? quoted + 1 : 0
    if (quoted > 1) isQuoted = true
    if (pause.test(chunk)) continue
    const body = chunk.replace(opening, '')
    const word = body.replace(closing, '')
    const after = word === '' ? '' : body.slice(word.length)
    const raw = word === '' ? chunk : word
    const text = raw.toLowerCase().replaceAll(/[’`´]/g, "'")
    lexemes.push({ text, raw: isLoud && !raw.includes('_') ? text : raw, after })
  }
  return { lexemes, isQuestion: clause.includes('?'), isQuoted: isQuoted || isInside }
}
