const units = [
  ['y', 365 * 86_400],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

/** How long ago as kubectl says it: 45s, 3m12s, 5h, 2d4h, 400d, 2y30d. `<unknown>` without a time. */
export function ageOf(time: string | undefined | null, now: Date): string {
  if (!time) return '<unknown>'
  const passed = Math.floor((now.getTime() - Date.parse(time)) / 1000)
  return Number.isNaN(passed) ? '<unknown>' : spanOf(Math.max(0, passed))
}

/** A span of seconds in at most two units; the smaller one only while it still tells something. */
export function spanOf(seconds: number): string {
  if (seconds < 120) return `${seconds}s`
  if (seconds < 600) return twoUnits(seconds, 'm', 's')
  if (seconds < 3 * 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 8 * 3_600) return twoUnits(seconds, 'h', 'm')
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3_600)}h`
  if (seconds < 8 * 86_400) return twoUnits(seconds, 'd', 'h')
  if (seconds < 2 * 365 * 86_400) return `${Math.floor(seconds / 86_400)}d`
  return twoUnits(seconds, 'y', 'd')
}

function twoUnits(seconds: number, large: Unit, small: Unit): string {
  const many = Math.floor(seconds / sizeOf(large))
  const rest = Math.floor((seconds % sizeOf(large)) / sizeOf(small))
  return rest === 0 ? `${many}${large}` : `${many}${large}${rest}${small}`
}

type Unit = (typeof units)[number][0]

function sizeOf(unit: Unit): number {
  return units.find(([name]) => name === unit)?.[1] ?? 1
}

/** Seconds of a span as `spanOf` and kubectl write it; undefined when it is none. */
export function secondsOf(span: string): number | undefined {
  if (!/^(\d+[ydhms])+$/.test(span)) return undefined
  return Array.from(span.matchAll(/(\d+)([ydhms])/g), ([, many, unit]) => Number(many) * sizeOf(unit as Unit)).reduce(
    (sum, part) => sum + part,
    0,
  )
}
