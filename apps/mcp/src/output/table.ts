type Cell = { text: string; width: number }

const noCell: Cell = { text: '', width: 0 }
/** A long list has thousands of them. */
const gaps = Array.from({ length: 64 }, (_, width) => ' '.repeat(width))

/** Text in columns, three spaces apart as kubectl prints them. Line breaks in a cell become spaces. */
export function alignTable(header: readonly string[] | undefined, rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  const lines = [...(header === undefined ? [] : [header]), ...rows].map((row) =>
    row.map((cell, column): Cell => {
      const text = oneLine(cell)
      const width = widthOf(text)
      if (width > (widths[column] ?? -1)) widths[column] = width
      return { text, width }
    }),
  )
  return lines.map((line) => alignedLine(line, widths))
}

function alignedLine(line: readonly Cell[], widths: readonly number[]): string {
  let aligned = ''
  let gap = 0
  for (let column = 0; column < line.length; column++) {
    const { text, width } = line[column] ?? noCell
    aligned += (gaps[gap] ?? ' '.repeat(gap)) + text
    gap = (widths[column] ?? 0) - width + 3
  }
  return aligned.trimEnd()
}

function oneLine(cell: string): string {
  return cell.includes('\n') || cell.includes('\r') ? cell.replace(/\s*[\r\n]+\s*/g, ' ') : cell
}

/** Characters, not UTF-16 units; counted only where the two can differ. */
function widthOf(cell: string): number {
  for (let index = 0; index < cell.length; index++) if (cell.charCodeAt(index) >= 0xd800) return Array.from(cell).length
  return cell.length
}
