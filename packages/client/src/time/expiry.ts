export type Expiry = {
  text: string
  /** Without the word for it: `23 h`, `9:41`; empty when it is over. */
  left: string
  isSoon: boolean
  isOver: boolean
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Within this time each second counts. */
export const SOON_MS = 10 * minute

/** How long an approval still waits; undefined when it never ends. */
export function expiryOf(expiresAt: string | null | undefined, now: number): Expiry | undefined {
  const end = expiresAt ? Date.parse(expiresAt) : Number.NaN
  if (Number.isNaN(end)) return undefined
  const ms = end - now
  if (ms <= 0) return { text: 'expired', left: '', isSoon: false, isOver: true }
  const left = durationText(ms)
  return { text: `expires in ${left}`, left, isSoon: ms <= SOON_MS, isOver: false }
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
