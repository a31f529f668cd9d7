export type Expiry = { text: string; isSoon: boolean; isOver: boolean }

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Within this time each second counts. */
export const SOON_MS = 10 * minute

/** How long a question still stands; undefined when it never ends. */
export function expiryOf(expiresAt: string | null | undefined, now: number): Expiry | undefined {
  const end = expiresAt ? Date.parse(expiresAt) : Number.NaN
  if (Number.isNaN(end)) return undefined
  const left = end - now
  if (left <= 0) return { text: 'expired', isSoon: false, isOver: true }
  return { text: `expires in ${durationText(left)}`, isSoon: left <= SOON_MS, isOver: false }
}

function durationText(left: number): string {
  if (left <= SOON_MS) {
    const seconds = Math.ceil(left / second)
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }
  if (left < hour) return `${Math.floor(left / minute)} min`
  if (left >= 3 * day) return `${Math.floor(left / day)} d`
  const [hours, minutes] = [Math.floor(left / hour), Math.floor((left % hour) / minute)]
  return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
}
