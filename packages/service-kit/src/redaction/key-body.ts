/** Those of a text that was put into JSON, up to three times, too. */
const lineBreak = /(?:\r|\\{1,7}r)?(?:\n|\\{1,7}n)/
/** The smallest is one of Ed25519; what is shorter could be a word. */
const LEAST_BYTES = 48
const base64 = /^[A-Za-z0-9+/]{4,}={0,2}$/
const header =
  /^(?:Proc-Type: 4,ENCRYPTED|DEK-Info: [A-Z0-9-]{3,30},[0-9A-Fa-f]{16,64}|(?:Version|Comment|Charset|Hash): [\w .,/@-]{1,80})$/
const checksum = /^=[A-Za-z0-9+/]{4}$/

/**
 * Whether all of `body`, what stands between the marks of a PEM block, is a key, or a certificate: lines of base64 of one
 * length, which decode to what one of that `label` is made of. A script is none, be it written in letters of base64 alone. Line
 * breaks may be those of a text that was put into JSON.
 */
export function isKeyBody(label: string, body: string): boolean {
  const isOneLine = !lineBreak.test(body)
  const lines = isOneLine ? body.trim().split(/[ \t]+/) : body.split(lineBreak).map((line) => line.trim())
  // The marks stand on lines of their own, unless all is on one line, with a blank for each line break or without.
  if (!isOneLine && (lines.shift() !== '' || lines.pop() !== '')) return false
  const headers = lines.findIndex((line) => !header.test(line))
  const armour = lines.slice(0, Math.max(0, headers))
  const content = lines.slice(armour.length)
  if (armour.length > 0 || content[0] === '') if (content.shift() !== '') return false
  if (label.startsWith('PGP') && checksum.test(content.at(-1) ?? '')) content.pop()
  const width = content[0]?.length ?? 0
  const isEven = content.every(
    (line, index) => base64.test(line) && (index < content.length - 1 ? line.length === width : line.length <= width),
  )
  if (!isEven) return false
  const bytes = Buffer.from(content.join(''), 'base64')
  if (bytes.length < LEAST_BYTES) return false
  // What is encrypted has no form; blocks of a cipher and letters of all kinds are what is left to be seen of it.
  if (armour.includes('Proc-Type: 4,ENCRYPTED')) return bytes.length % 8 === 0 && isMixed(content.join(''))
  if (label.startsWith('OPENSSH')) return bytes.subarray(0, 15).toString('latin1') === 'openssh-key-v1\0'
  if (label.startsWith('PGP')) return secretKeyPacket.has(bytes[0] ?? 0)
  return isKeySequence(bytes)
}

/** First bytes of an OpenPGP secret key, in packets of the old and the new form. */
const secretKeyPacket = new Set([0x94, 0x95, 0x96, 0x97, 0xc5])

const SEQUENCE = 0x30
const INTEGER = 0x02

/** DER of a key: one sequence that fills all, its parts fill it, and it begins with a version or, encrypted, a cipher. */
function isKeySequence(bytes: Uint8Array): boolean {
  const whole = elementAt(bytes, 0)
  if (whole?.tag !== SEQUENCE || whole.end !== bytes.length) return false
  const first = bytes[whole.start]
  if (first !== INTEGER && first !== SEQUENCE) return false
  let at = whole.start
  let parts = 0
  while (at < whole.end) {
    const part = elementAt(bytes, at)
    if (part === undefined || part.end > whole.end) return false
    at = part.end
    parts++
  }
  return parts > 1
}

function elementAt(bytes: Uint8Array, at: number): { tag: number; start: number; end: number } | undefined {
  // What is not there ends behind all that is.
  const [tag = 0, length = 0] = bytes.subarray(at, at + 2)
  if (length < 0x80) return { tag, start: at + 2, end: at + 2 + length }
  const digits = bytes.subarray(at + 2, at + 2 + (length & 0x7f))
  if (digits.length === 0 || digits.length > 3 || digits.length !== (length & 0x7f)) return undefined
  const start = at + 2 + digits.length
  return { tag, start, end: start + digits.reduce((sum, digit) => sum * 256 + digit, 0) }
}

function isMixed(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && new Set(text).size >= 24
}
