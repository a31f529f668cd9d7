/** A time or a date as logs write them: RFC 3339, klog, syslog, clock times and their fractions. */
const timestamp =
  /\d{4}[-/]\d{2}[-/]\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?|[IWEF]\d{4}(?= \d{2}:)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d(?= \d{2}:)|\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?/g

/**
 * Lines that follow each other and are equal, times aside, stand once with ` [xN]`: the newest of them, whose time says
 * when it was last so.
 */
export function groupLines(lines: readonly string[]): string[] {
  const groups: { line: string; sense: string; count: number }[] = []
  for (const line of lines) {
    const sense = line.replace(timestamp, '')
    const last = groups.at(-1)
    if (last !== undefined && last.sense === sense) {
      last.line = line
      last.count++
    } else groups.push({ line, sense, count: 1 })
  }
  return groups.map(({ line, count }) => (count === 1 ? line : `${line} [x${count}]`))
}
