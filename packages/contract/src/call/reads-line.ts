/** When a call ran, in milliseconds; an end that is missing says that nobody knows. */
export type Span = { start: number | undefined; end: number | undefined }

/** As many reads in a row stand each in a line of its own; more of them fold into one. */
export const MAX_LINES_OF_READS = 3

/** `9 reads, 0.4 s`: how many, and for how long any of them ran. */
export function readsLine(spans: readonly Span[]): string {
  const known = spans
    .flatMap(({ start, end }) => (start === undefined || end === undefined ? [] : [{ start, end }]))
    .sort((a, b) => a.start - b.start)
  let [total, until] = [0, Number.NEGATIVE_INFINITY]
  for (const { start, end } of known) {
    total += Math.max(0, end - Math.max(start, until))
    until = Math.max(until, end)
  }
  const reads = `${spans.length} ${spans.length === 1 ? 'read' : 'reads'}`
  return known.length === 0 ? reads : `${reads}, ${seconds(total)}`
}

function seconds(milliseconds: number): string {
  if (milliseconds < 10_000) return `${Math.round(milliseconds / 100) / 10} s`
  const whole = Math.round(milliseconds / 1000)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
