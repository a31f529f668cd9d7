/** One measured number, and the bar it has to hold, if there is one. */
export type Figure = {
  name: string
  value: number
  unit: string
  bar?: { atMost: number } | { atLeast: number }
}

export function isMissed({ value, bar }: Figure): boolean {
  if (bar === undefined) return false
  // A number that could not be measured holds no bar.
  return !('atMost' in bar ? value <= bar.atMost : value >= bar.atLeast)
}

/** A figure as one line: whether it holds, what it is, its value, its bar. */
export function lineOf(figure: Figure): string {
  const { name, value, unit, bar } = figure
  const verdict = bar === undefined ? '    ' : isMissed(figure) ? 'MISS' : 'ok  '
  const limit = bar === undefined ? '' : 'atMost' in bar ? `<= ${shown(bar.atMost)}` : `>= ${shown(bar.atLeast)}`
  return `${verdict}  ${name.padEnd(72)} ${shown(value).padStart(10)} ${unit.padEnd(14)} ${limit}`.trimEnd()
}

function shown(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}
