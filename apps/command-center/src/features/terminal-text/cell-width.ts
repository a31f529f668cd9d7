/** Characters that hide, reorder or overwrite others; a tab is layout. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u
const combining = /\p{M}/u
const TAB = 8

/** The name shown in place of a character that nobody would see; undefined for every other. */
export function markOf(character: string): string | undefined {
  if (character === '\t' || !unseen.test(character)) return undefined
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Cells that a character takes at a column. */
export function cellsOf(character: string, column: number): number {
  if (character >= ' ' && character <= '~') return 1
  if (character === '\t') return TAB - (column % TAB)
  const mark = markOf(character)
  if (mark !== undefined) return mark.length
  if (combining.test(character)) return 0
  return wide.test(character) ? 2 : 1
}
