import type { Clock } from '../../clock.ts'

/** How long ago something was, as kubectl says it: `45s`, `3m20s`, `5h`, `2d3h`. */
export function ageOf(time: string | undefined, clock: Clock): string {
  if (time === undefined || time === '') return '<unknown>'
  return durationText((clock.now() - Date.parse(time)) / 1000)
}

/** A span of seconds in the two greatest units that matter. */
export function durationText(span: number): string {
  const seconds = Math.floor(span)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 60 * 2) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 60 * 3) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 24 * 8) return withRest(days, 'd', hours % 24, 'h')
  if (days < 365 * 2) return `${days}d`
  const years = Math.floor(days / 365)
  return days < 365 * 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`
}

function withRest(amount: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${amount}${unit}` : `${amount}${unit}${rest}${restUnit}`
}
