const hidden = '[redacted]'

/** Fields whose text is a secret. Names of Secrets (`secretName`) and counts of tokens are none. */
const secretField =
  /(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|authorization|cookie|credentials?|connection[_-]?string)$/i

/** Every quantifier in front of an anchor is bounded: the text comes from outside and may be long. */
const secretShapes: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g, hidden],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
  [/\b(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z]{1,20} )?)[^\s"',;]+/gi, `$1${hidden}`],
  [/\b(bearer|basic) +[\w.~+/=-]{16,}/gi, `$1 ${hidden}`],
  [/\b([a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"']{0,200}):[^\s/@"']{1,400}@/gi, `$1:${hidden}@`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/\bAIza[\w-]{35}/g, hidden],
  [/\b(?:gh[opsru]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,})/g, hidden],
  [/\b(?:sk|pk|rk|gsk|xai)-[\w-]{16,}/g, hidden],
  [
    /((?:password|passwd|passphrase|api[_-]?key|private[_-]?key|access[_-]?key|client[_-]?secret)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;&}]{3,}/gi,
    `$1${hidden}`,
  ],
  [/((?:secret|token)(?:["']\s{0,4}:\s{0,4}["']|\s{0,4}=\s{0,4}["']?))[^\s"',;&}]{3,}/gi, `$1${hidden}`],
]

/** Hides known shapes of secrets in text. Twice is the same as once. */
export function redactText(text: string): string {
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
