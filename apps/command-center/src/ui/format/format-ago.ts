const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** "just now", "5 min ago", "3 h ago", "2 d ago". */
export function formatAgo(ms: number, now: number): string {
  const passed = now - ms
  if (passed < minute) return 'just now'
  if (passed < hour) return `${Math.floor(passed / minute)} min ago`
  if (passed < day) return `${Math.floor(passed / hour)} h ago`
  return `${Math.floor(passed / day)} d ago`
}
