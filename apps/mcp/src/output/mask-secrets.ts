/**
 * Shapes of secrets that are masked in every text on its way out. Each takes time linear in the text: a start that
 * could repeat inside its own match is guarded by a look-behind or a bound. A letter behind a backslash guards nothing: in
 * JSON a line ends in one.
 */
const shapes: [shape: RegExp, mask: string][] = [
  // JSON Web Tokens; also signed with an empty signature.
  [/(?<!(?<!\\)[A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, '***'],
  // Authorization headers, as a header, in JSON, or as a flag of a client.
  [
    /(?<!(?<!\\)[A-Za-z0-9])((?:proxy-)?authorization["'\]]{0,2}\s{0,3}[:=]\s{0,3}[["']{0,2})(?:(?:AWS4-HMAC-SHA256|Digest|OAuth)\s[^"'\n]*|(?:(?:basic|bearer|token|negotiate|apikey)\s+)?(?:[^\s"',;\\]|\\(?![nrt]))+)/gi,
    '$1***',
  ],
  [/(?<!(?<!\\)[A-Za-z0-9])(bearer\s{1,3})[A-Za-z0-9._~+/-]{16,}={0,2}/gi, '$1***'],
  // URL userinfo. Passwords of databases are often not encoded, so there '/', '?' and '#' do not end it.
  [/(?<!(?<!\\)[A-Za-z0-9+.-])(https?:\/\/)[^\s/?#"'<>@]{1,256}@(?:[^\s/?#"'<>@]{1,256}@)*/gi, '$1***@'],
  [
    /(?<!(?<!\\)[A-Za-z0-9+.-])((?!https?:)[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s:/?#"'<>@]{0,256}(?::[^\s"'<>@]{0,256})?@(?:[^\s/?#"'<>@]{1,256}@)*/gi,
    '$1***@',
  ],
  // Cloud access keys and tokens of well-known services.
  [/(?<!(?<!\\)[A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g, '***'],
  [/((?:aws_?)?(?:secret_?access_?key|session_?token)["']?\s{0,3}[:=]\s{0,3}["']?)[A-Za-z0-9/+=]{16,}/gi, '$1***'],
  [/(?<!(?<!\\)[A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/g, '***'],
  [/(?<!(?<!\\)[A-Za-z0-9])ya29\.[A-Za-z0-9_-]{20,}/g, '***'],
  [/((?:AccountKey|SharedAccessKey|SharedAccessSignature)=)[^\s;"']+/gi, '$1***'],
  [/([?&]sig=)[A-Za-z0-9%+/=_-]{20,}/g, '$1***'],
  [
    /(?<!(?<!\\)[A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,})/g,
    '***',
  ],
  [
    /(?<!(?<!\\)[A-Za-z0-9])(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|[rs]k_live_[A-Za-z0-9]{16,})/g,
    '***',
  ],
  [/(?<!(?<!\\)[A-Za-z0-9])(?:dop_v1_[a-f0-9]{64}|npm_[A-Za-z0-9]{36}|AGE-SECRET-KEY-1[A-Z0-9]{50,})/g, '***'],
  // The beginning of a private key in base64, as it stands in the data of a Secret that was copied elsewhere.
  [
    /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFU|BFQyBQUklWQVRF|BPUEVOU1NIIFBS|BFTkNSWVBURUQg|BEU0EgUFJJVkFU)[A-Za-z0-9+/]*={0,2}/g,
    '***',
  ],
]

/** A cheap look before the shapes are tried: most text of a cluster holds nothing of the kind. */
const hint =
  /eyJ|authorization|bearer\s|:\/\/|AKIA|ASIA|secret_?access|session_?token|AIza|ya29\.|AccountKey|SharedAccess|[?&]sig=|gh[pousr]_|github_pat_|glpat-|xox|sk-|k_live_|dop_v1_|npm_|AGE-SECRET|LS0tLS1/i

/** Masks what looks like a secret in plain text (no escape sequences in it) by `***`. */
export function maskSecrets(text: string): string {
  const masked = text.includes('PRIVATE KEY') ? maskPrivateKeys(text) : text
  if (!hint.test(masked)) return masked
  return shapes.reduce((result, [shape, mask]) => result.replace(shape, mask), masked)
}

const label = '[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----'
const wholeKey = new RegExp(`-----BEGIN ${label}(?:[^-]|-(?!----BEGIN)){0,20000}?-----END ${label}`, 'g')
const keyBegins = new RegExp(`-----BEGIN ${label}.*`)
const keyEnds = new RegExp(`^.*-----END ${label}`)

/** A line of nothing but base64, a timestamp or other first word aside: it can be the body of a key. */
const bodyLine = /^(?:\S{1,40}\s)?\s*[A-Za-z0-9+/=]{16,}\\?\s*$/
const lastBodyLine = /^(?:\S{1,40}\s)?\s*[A-Za-z0-9+/]{1,15}={0,2}\s*$/
/** The short last line of a body whose end is not there: whole groups of four, as base64 has, or no plain word. */
const shortLine = /^(?:\S{1,40}\s)?\s*(?:(?:[A-Za-z0-9+/]{4}){1,3}|(?=\S*[A-Z0-9+/=])[A-Za-z0-9+/]{1,15}={0,2})\s*$/
const headerLine = /^\s*$|^\s*[A-Z][A-Za-z-]{2,30}: /

/**
 * PEM private keys. The tail of a log may hold only the end of one and a cut text only its beginning, so lines that
 * look like a key's body beside a lone mark are masked too.
 */
function maskPrivateKeys(text: string): string {
  const whole = text.replace(wholeKey, '***')
  if (!whole.includes('PRIVATE KEY')) return whole
  const shown: string[] = []
  let inKey = false
  for (const line of whole.split('\n')) {
    if (keyBegins.test(line)) {
      shown.push(line.replace(keyBegins, '***'))
      inKey = true
    } else if (keyEnds.test(line)) {
      // The last line of a body may be short; alone it is not told from a word.
      if (lastBodyLine.test(shown.at(-1) ?? '') && bodyLine.test(shown.at(-2) ?? '')) shown.pop()
      while (bodyLine.test(shown.at(-1) ?? '')) shown.pop()
      shown.push(line.replace(keyEnds, '***'))
      inKey = false
    } else if (!inKey || !(bodyLine.test(line) || shortLine.test(line) || headerLine.test(line))) {
      shown.push(line)
      inKey = false
    }
  }
  return shown.join('\n')
}
