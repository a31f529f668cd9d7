/** A long list has thousands of them. */
const gaps = Array.from({ length: 64 }, (_, width) => ' '.repeat(width))

/** Text in columns, three spaces apart as kubectl prints them. Line breaks in a cell become spaces. */
export function alignTable(header: readonly string[] | undefined, rows: readonly (readonly string[])[]): string[] {
  const lines = (header === undefined ? rows : [header, ...rows]).map((row) => row.map(oneLine))
  const widths = widthsOf(lines)
  return lines.map((line) => alignedLine(line, widths))
}

function widthsOf(lines: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const line of lines) {
    for (let column = 0; column < line.length; column++) {
      const width = widthOf(line[column] ?? '')
      if (width > (widths[column] ?? -1)) widths[column] = width
    }
  }
  return widths
}

function alignedLine(line: readonly string[], widths: readonly number[]): string {
  let aligned = ''
  const last = line.length - 1
  for (let column = 0; column < last; column++) {
    const text = line[column] ?? ''
    const gap = (widths[column] ?? 0) - widthOf(text) + 3
    aligned += text + (gaps[gap] ?? ' '.repeat(gap))
  }
  return (aligned + (line[last] ?? '')).trimEnd()
}

function oneLine(cell: string): string {
  return cell.includes('\n') || cell.includes('\r') ? cell.replace(/\s*[\r\n]+\s*/g, ' ') : cell
}

/** Characters, not UTF-16 units; counted only where the two can differ. */
function widthOf(cell: string): number {
  for (let index = 0; index < cell.length; index++) if (cell.charCodeAt(index) >= 0xd800) return Array.from(cell).length
  return cell.length
}
