export type TextPart = {
  text: string
  /** The name of a character that nobody sees, in place of it. */
  isMark: boolean
  /** Its place among the parts, by which it is known. */
  at: number
}

/** Control, format and separator characters: what hides, reorders or overwrites text. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const layout = new Set(['\n', '\t'])

/** Text with each character that could deceive its reader replaced by its name, such as `U+202E`. */
export function visibleParts(text: string): TextPart[] {
  if (!unseen.test(text)) return text === '' ? [] : [{ text, isMark: false, at: 0 }]
  const parts: TextPart[] = []
  for (const character of text.replaceAll('\r\n', '\n')) {
    const isMark = unseen.test(character) && !layout.has(character)
    const last = parts.at(-1)
    if (isMark) parts.push({ text: codePoint(character), isMark, at: parts.length })
    else if (last !== undefined && !last.isMark) last.text += character
    else parts.push({ text: character, isMark, at: parts.length })
  }
  return parts
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
