/** The column that a line's content starts at; tab stops of 4. */
export function columnOf(line: string): number {
  let column = 0
  for (const char of line) {
    if (char === ' ') column += 1
    else if (char === '\t') column += 4 - (column % 4)
    else break
  }
  return column
}

/** Where the content of a list item starts; `interrupts` when the item may follow a paragraph without a blank line. */
export type ListMarker = { content: number; interrupts: boolean; number: number | undefined }

export function listMarker(line: string): ListMarker | undefined {
  const found = /^( {0,3})([-+*]|(\d{1,9})[.)])([ \t]+|$)(.*)/.exec(line)
  if (found === null) return undefined
  const [, indent = '', mark = '', digits, gap = '', rest = ''] = found
  const width = indent.length + mark.length
  const spaces = columnOf(`${' '.repeat(width)}${gap}x`) - width
  const number = digits === undefined ? undefined : Number(digits)
  return {
    content: width + (rest === '' || spaces > 4 ? 1 : spaces),
    interrupts: rest !== '' && (number === undefined || number === 1),
    number,
  }
}

export function isThematicBreak(line: string): boolean {
  return /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(line)
}

const fenceAtTop = /^( {0,3})(?:(`{3,})([^`]*)|(~{3,})(.*))$/
const fenceAnywhere = /^([ \t]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+|>[ \t]?)*)(?:(`{3,})([^`]*)|(~{3,})(.*))$/

/** `anywhere`: behind list and quote marks too. */
export function opensFence(
  line: string,
  where: 'top' | 'anywhere' = 'top',
): { marker: string; indent: number; info: string } | undefined {
  const found = (where === 'top' ? fenceAtTop : fenceAnywhere).exec(line)
  if (found === null) return undefined
  const [, indent = '', ticks, tickInfo, tildes, tildeInfo] = found
  return { marker: ticks ?? tildes ?? '', indent: indent.length, info: tickInfo ?? tildeInfo ?? '' }
}
