const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
/** Letters and emoji are joined by these; they move nothing. */
const harmless = new Set(['\n', '\t', '\u200c', '\u200d'])

/**
 * Text of a model, a tool or a cluster as a terminal may have it: what would move the cursor, change colours, reverse
 * the reading order or hide is shown as a mark. Needs no more than one character at a time, so pieces may be cut
 * anywhere.
 */
export function neutralise(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(unsafe, (character) => (harmless.has(character) ? character : markOf(character)))
}

/** The same for what has to stay on one line. */
export function neutraliseLine(text: string): string {
  return neutralise(text.replace(/\s*[\r\n]+\s*/g, ' '))
}

function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x24_00 + code)
  if (code === 0x7f) return '\u2421'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
