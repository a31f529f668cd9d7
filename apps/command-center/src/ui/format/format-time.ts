const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const timeOfDay = new Intl.DateTimeFormat('en-GB', clock)
const dayAndTime = new Intl.DateTimeFormat('en-GB', { ...clock, day: 'numeric', month: 'short' })
const fullDate = new Intl.DateTimeFormat('en-GB', { ...clock, day: 'numeric', month: 'short', year: 'numeric' })

/** Local time: "10:42" today, "3 Mar, 10:42" this year, with the year before that. */
export function formatTime(ms: number, now: number = Date.now()): string {
  const [then, today] = [new Date(ms), new Date(now)]
  if (then.toDateString() === today.toDateString()) return timeOfDay.format(then)
  return (then.getFullYear() === today.getFullYear() ? dayAndTime : fullDate).format(then)
}
