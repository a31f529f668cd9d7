const hidden = '[redacted]'

/** Fields whose text is a secret. Names of Secrets (`secretName`) and counts of tokens are none. */
const secretField =
  /(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|authorization|cookie|credentials?|connection[_-]?string)$/i

/** What may stand around a value that was put into JSON before, perhaps twice. */
const quote = String.raw`\\{0,3}["']`
/** A character of a value. A backslash is one, but not where it begins a quote, or a line with a name of its own. */
const valued = String.raw`(?:[^\s"',;&}\\]|\\(?!["']|[nrt][\w-]{0,40}\s{0,4}[:=]))`

/**
 * Every quantifier in front of an anchor is bounded: the text comes from outside and may be long. A letter behind a
 * backslash is no part of the word behind it: in JSON a line ends in one.
 */
const secretShapes: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g, hidden],
  [/(?<!(?<!\\)[\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
  shape(
    String.raw`(?<!(?<!\\)\w)(authorization(?:${quote})?\s{0,4}[:=]\s{0,4}(?:${quote})?(?:[a-z]{1,20} )?)${valued}+`,
  ),
  [/(?<!(?<!\\)\w)(bearer|basic) +[\w.~+/=-]{16,}/gi, `$1 ${hidden}`],
  [/(?<!(?<!\\)\w)([a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"']{0,200}):[^\s/@"']{1,400}@/gi, `$1:${hidden}@`],
  [/(?<!(?<!\\)\w)(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/(?<!(?<!\\)\w)AIza[\w-]{35}/g, hidden],
  [/(?<!(?<!\\)\w)(?:gh[opsru]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,})/g, hidden],
  [/(?<!(?<!\\)\w)(?:sk|pk|rk|gsk|xai)-[\w-]{16,}/g, hidden],
  shape(
    String.raw`((?:password|passwd|passphrase|api[_-]?key|private[_-]?key|access[_-]?key|client[_-]?secret)(?:${quote})?\s{0,4}[:=]\s{0,4}(?:${quote})?)${valued}{3,}`,
  ),
  shape(String.raw`((?:secret|token)(?:${quote}\s{0,4}:\s{0,4}${quote}|\s{0,4}=\s{0,4}(?:${quote})?))${valued}{3,}`),
]

/** A value behind what names it. */
function shape(named: string): [RegExp, string] {
  return [new RegExp(named, 'gi'), `$1${hidden}`]
}

/** Finds what any of them finds, and perhaps more. In a short text that is one look for eleven; a long one takes longer. */
const anyShape = new RegExp(secretShapes.map(([{ source }]) => `(?:${source})`).join('|'), 'i')
const SHORT_TEXT = 200

/** Hides known shapes of secrets in text. Twice is the same as once. */
export function redactText(text: string): string {
  if (text.length <= SHORT_TEXT && !anyShape.test(text)) return text
  let left = text
  for (const [shape, put] of secretShapes) left = left.replace(shape, put)
  return left
}

/**
 * Hides secrets in every text of a JSON value, and whole texts of fields whose name says secret. The tool server has
 * hidden what it knows to be secret before; this is the net for what nobody declared.
 */
export function redact<T>(value: T): T {
  return redacted(value) as T
}

function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return value.map(redacted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && inner !== '' && secretField.test(name) ? hidden : redacted(inner),
    ]),
  )
}
