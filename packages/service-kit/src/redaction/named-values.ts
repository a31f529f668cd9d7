import { secretFieldEnd } from './secret-names.ts'
import type { Span } from './span.ts'

const quote = String.raw`\\{0,7}["']`
/** A telling name, what may close it, what follows it, and the quote or the list that opens its value. */
const telling = new RegExp(
  String.raw`(${secretFieldEnd})(${quote})?\]?[ \t]{0,4}([:=])[ \t]{0,4}(\[[ \t\n]{0,20})?(${quote})?`,
  'gi',
)
/** In prose these stand before a colon that gives no value. */
const wordsOfProse = new Set(['secret', 'token', 'credential', 'credentials'])
/** A word. A backslash is part of it, but not where it begins a quote, a line, or a line with a name of its own. */
const word = /(?:[^\s"',;&}\\$`]|\$(?![({])|\\\\|\\(?!["'n\\]|[rt][\w-]{0,40}\s{0,4}[:=]))+/y
const scheme = /(?:basic|bearer|token|negotiate|apikey|digest|oauth|aws4-hmac-sha256)[ \t]{1,3}/iy
/** `name=value`, or with the value in quotes: in two of a kind, which the group tells apart. */
const parameter = (same: string) =>
  String.raw`[\w-]{1,40}=(?:(\\{0,7})"(?:[\w/+.][^"\\\n,[\]{}]{0,1000})?${same}"|[^\s"',;&|$\`(){}<>\\]{1,1000})`
const parameters = new RegExp(`${parameter('\\1')}(?:,[ \\t]{0,2}${parameter('\\2')}){0,50}`, 'y')
/** Of a header `Cookie`. */
const cookie = String.raw`[\w.-]{1,80}=[^\s"',;&|$\`(){}<>\\]{0,4096}`
const cookies = new RegExp(`${cookie}(?:;[ \\t]?${cookie}){0,50}`, 'y')
/** What stands for a value that is hidden already. */
const hidden = /^\*{3}(?:\(\d+(?: bytes(?:, [0-9a-f]+)?\))?)?$/

const SHORTEST_WORD = 3
const LONGEST_QUOTED = 65_536

/** Values behind telling names: in JSON, in YAML, in a shell, in a header. Each is looked at once, whatever follows it. */
export function namedValues(text: string): Span[] {
  const found: Span[] = []
  telling.lastIndex = 0
  for (let match = telling.exec(text); match !== null; match = telling.exec(text)) {
    const [whole, name = '', nameQuote, separator, list, valueQuote] = match
    const start = match.index + whole.length
    if (valueQuote !== undefined && closesText(text, start, { nameQuote, valueQuote })) continue
    const spans =
      valueQuote !== undefined
        ? quotedValues(text, start, { quote: valueQuote, isList: list !== undefined })
        : separator === ':' && (wordsOfProse.has(name.toLowerCase()) || nameQuote !== undefined)
          ? []
          : wordValues(text, start, name)
    found.push(...spans.filter(({ start, end }) => end > start && !hidden.test(text.slice(start, end))))
    telling.lastIndex = Math.max(start, spans.at(-1)?.end ?? 0)
  }
  return found
}

const closing = /[ \t]{0,8}[,}\]:]/y

/** Whether the quote opens nothing: it ends the text that ends in the name. */
function closesText(
  text: string,
  start: number,
  quotes: { nameQuote: string | undefined; valueQuote: string },
): boolean {
  if (quotes.nameQuote !== undefined) return quotes.nameQuote !== quotes.valueQuote
  closing.lastIndex = start
  return closing.test(text)
}

/** What stands in quotes, and in a list all that do. */
function quotedValues(text: string, start: number, of: { quote: string; isList: boolean }): Span[] {
  const spans: Span[] = []
  for (let from = start; ; ) {
    const end = endOfQuoted(text, from, of.quote)
    // The quote is not closed: the text was cut.
    if (end === undefined) return [...spans, ...wordAt(text, from)]
    spans.push({ start: from, end })
    if (!of.isList) return spans
    const next = new RegExp(String.raw`[ \t\n]{0,20},[ \t\n]{0,20}${RegExp.escape(of.quote)}`, 'y')
    next.lastIndex = end + of.quote.length
    if (!next.test(text)) return spans
    from = next.lastIndex
  }
}

/** A quote inside has more backslashes in front of it than the one that opened, a closing one as many. */
function endOfQuoted(text: string, start: number, quote: string): number | undefined {
  const unit = quote.length
  const mark = quote.at(-1)
  const limit = Math.min(text.length, start + LONGEST_QUOTED)
  for (let at = start; at < limit; at++) {
    if (text[at] === '\n' || (mark === "'" && text[at] === '"')) return undefined
    if (text[at] !== mark) continue
    let slashes = 0
    while (text[at - slashes - 1] === '\\') slashes++
    // The text ends that the value stands in.
    if ((slashes + 1) % unit !== 0) return undefined
    if (Math.floor(slashes / unit) % 2 === 0) return at - (unit - 1)
  }
  return undefined
}

function wordValues(text: string, start: number, name: string): Span[] {
  if (name.toLowerCase() === 'cookie') {
    const pairs = spanAt(text, start, cookies)
    return pairs.length > 0 ? pairs : wordAt(text, start)
  }
  if (name.toLowerCase() !== 'authorization') return wordAt(text, start)
  scheme.lastIndex = start
  const from = scheme.test(text) ? scheme.lastIndex : start
  const pairs = spanAt(text, from, parameters)
  return pairs.length > 0 ? pairs : wordAt(text, from)
}

function wordAt(text: string, start: number): Span[] {
  return spanAt(text, start, word).filter(({ end }) => end - start >= SHORTEST_WORD)
}

function spanAt(text: string, start: number, sticky: RegExp): Span[] {
  sticky.lastIndex = start
  return sticky.test(text) ? [{ start, end: sticky.lastIndex }] : []
}
