/** Text in columns, three spaces apart as kubectl prints them. Line breaks in a cell become spaces. */
export function alignTable(header: readonly string[] | undefined, rows: readonly (readonly string[])[]): string[] {
  const lines = [...(header === undefined ? [] : [header]), ...rows].map((row) => row.map(oneLine))
  const widths: number[] = []
  for (const line of lines)
    line.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))
    })
  return lines.map((line) => alignedLine(line, widths))
}

function alignedLine(line: readonly string[], widths: readonly number[]): string {
  let text = ''
  line.forEach((cell, column) => {
    text += cell
    if (column < line.length - 1) text += ' '.repeat((widths[column] ?? 0) - widthOf(cell) + 3)
  })
  return text.trimEnd()
}

function oneLine(cell: string): string {
  return cell.includes('\n') || cell.includes('\r') ? cell.replace(/\s*[\r\n]+\s*/g, ' ') : cell
}

/** Characters, not UTF-16 units; counted only where the two can differ. */
function widthOf(cell: string): number {
  for (let index = 0; index < cell.length; index++) if (cell.charCodeAt(index) >= 0xd800) return Array.from(cell).length
  return cell.length
}
