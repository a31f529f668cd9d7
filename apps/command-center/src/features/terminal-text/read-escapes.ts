/** Text as a terminal takes it: pieces of text, ends of lines, and styles; every other sequence is nothing. */
export type TerminalSink = {
  text: (text: string) => void
  lineFeed: () => void
  carriageReturn: () => void
  sgr: (parameters: string) => void
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const special = /[\n\r\x1b\x90\x98\x9b\x9d-\x9f]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const csi = /(?:\x1b\[|\x9b)([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e])/y
/** A string for the terminal itself: a title, a link, a picture. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const stringStart = /\x1b[P\]X^_]|[\x90\x98\x9d-\x9f]/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const stringEnd = /\x1b\\|[\x07\x9c]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const shortEscape = /\x1b[\x20-\x2f]*[\x30-\x7e]/y
/** What may still become a sequence when more text comes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unfinished = /(?:\x1b|(?:\x1b\[|\x9b)[\x20-\x3f]*|\x1b[\x20-\x2f]+)$/y
/** No sequence of use is longer; what claims to be is dropped without waiting for its end. */
const LONGEST = 4_096

/** Returns the end of the text that is not understood before more of it comes. */
export function readEscapes(text: string, sink: TerminalSink): string {
  let at = 0
  while (at < text.length) {
    special.lastIndex = at
    const found = special.exec(text)
    const stop = found?.index ?? text.length
    if (stop > at) sink.text(at === 0 && stop === text.length ? text : text.slice(at, stop))
    if (found === null) return ''
    if (found[0] === '\n') sink.lineFeed()
    else if (found[0] === '\r') sink.carriageReturn()
    else {
      const next = readSequence(text, stop, sink)
      if (next === undefined) return text.slice(stop)
      at = next
      continue
    }
    at = stop + 1
  }
  return ''
}

/** Where the text goes on behind a sequence; undefined when it has not ended yet. */
function readSequence(text: string, at: number, sink: TerminalSink): number | undefined {
  csi.lastIndex = at
  const control = csi.exec(text)
  if (control !== null) {
    const [whole, parameters = '', between, final] = control
    if (final === 'm' && between === '' && /^[\d;:]*$/.test(parameters)) sink.sgr(parameters)
    return at + whole.length
  }
  stringStart.lastIndex = at
  if (stringStart.test(text)) {
    stringEnd.lastIndex = at + 1
    if (stringEnd.test(text)) return stringEnd.lastIndex
    return text.length - at > LONGEST ? text.length : undefined
  }
  unfinished.lastIndex = at
  if (text.length - at < LONGEST && unfinished.test(text)) return undefined
  shortEscape.lastIndex = at
  return shortEscape.test(text) ? shortEscape.lastIndex : at + 1
}

/** Text as it was sent, without any sequence; ends of lines, tabs and control characters stay. */
export function withoutEscapes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/[\x1b\x90\x98\x9b\x9d-\x9f]/.test(text)) return text
  const out: string[] = []
  readEscapes(text, {
    text: (piece) => out.push(piece),
    lineFeed: () => out.push('\n'),
    carriageReturn: () => out.push('\r'),
    sgr: () => {},
  })
  return out.join('')
}
