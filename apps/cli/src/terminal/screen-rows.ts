import { wrapAnsi } from 'fast-wrap-ansi'

/** Stands before what goes on, so that no part of a line can be taken for a line of its own. */
const GOES_ON = '↪ '

/**
 * The rows that a line takes on a screen so wide, all but the first behind the margin of the line. Never too few: what
 * some terminals draw in one sign and others in two counts as two.
 */
export function screenRows(line: string, columns: number): string[] {
  const width = /\p{Emoji_Modifier}|\p{Regional_Indicator}/u.test(line) ? columns / 2 : columns
  if (wrapAnsi(line, width, whole).split('\n').length === 1) return [line]
  const [margin = ''] = /^[│ ]*/.exec(line) ?? []
  const before = margin.length + GOES_ON.length < width / 2 ? margin : ''
  const availableColumns = Math.max(1, Math.floor(width) - before.length - GOES_ON.length)
  return wrapAnsi(line.slice(before.length), availableColumns, whole)
    .split('\n')
    .map((row, index) => `${before}${index === 0 ? '' : GOES_ON}${row}`)
}

/** Long words are broken, and no blank is lost. */
const whole = { hard: true, trim: false }
