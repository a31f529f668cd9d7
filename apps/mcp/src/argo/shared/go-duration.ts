const seconds: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1 }

/** Seconds of `1h30m`, or of a bare number; undefined for anything else. */
export function secondsOfGoDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  if (!/^(\d+[hms])+$/.test(text)) return undefined
  return Array.from(
    text.matchAll(/(\d+)([hms])/g),
    ([, many, unit = 's']) => Number(many) * (seconds[unit] ?? 1),
  ).reduce((sum, part) => sum + part, 0)
}
