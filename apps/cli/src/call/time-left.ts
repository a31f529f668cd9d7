/** `in 23 h`, `in 9 min`, `in 40 s`, or that it is over. */
export function timeLeft(until: string, now: number): string {
  const seconds = Math.ceil((Date.parse(until) - now) / 1000)
  if (Number.isNaN(seconds)) return 'at a time that cannot be read'
  if (seconds <= 0) return 'now: its time is over'
  if (seconds < 120) return `in ${seconds} s`
  return seconds < 7200 ? `in ${Math.floor(seconds / 60)} min` : `in ${Math.floor(seconds / 3600)} h`
}
