export type TextPart = {
  text: string
  /** The name of a character that nobody sees, in place of it. */
  isMark: boolean
  /** Its place among the parts, by which it is known. */
  at: number
}

/**
 * What hides, reorders, overwrites or only looks like a blank: control, format and separator characters, those that are
 * drawn as nothing (joiners, variation selectors, letters that fill), private ones, and blank signs of other scripts.
 */
const unseen = /[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{16fe4}\u{1d159}]--[ \t\n]]/gv

/** Of one character: what joins letters and emoji, and blanks of typographers. */
const ofProse = /\p{Zs}|\u200c|\u200d|\ufe0e|\ufe0f/u

/** Text from outside in parts, each character that could deceive its reader replaced by its name, such as `U+202E`. */
export function visibleParts(text: string): TextPart[] {
  const parts: TextPart[] = []
  const add = (part: string, isMark: boolean) => part !== '' && parts.push({ text: part, isMark, at: parts.length })
  const whole = withLineEnds(text)
  let from = 0
  for (const { 0: character, index } of whole.matchAll(unseen)) {
    add(whole.slice(from, index), false)
    add(nameOf(character), true)
    from = index + character.length
  }
  add(whole.slice(from), false)
  return parts
}

/** The same as text: `<U+202E>`. Tabs and line ends stay; needs no more than one character at a time. */
export function visibleText(text: string): string {
  return withLineEnds(text).replace(unseen, markOf)
}

/** The same of what has to stay on one line: its line ends and tabs are marked, too. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/[\t\n]/g, markOf)
}

/** For what people and models write to be read, and nobody decides by: what joins letters and emoji stays. */
export function visibleProse(text: string): string {
  return withLineEnds(text).replace(unseen, (character) => (ofProse.test(character) ? character : markOf(character)))
}

function withLineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

function markOf(character: string): string {
  return `<${nameOf(character)}>`
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
