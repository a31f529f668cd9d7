import { CLOCK_SKEW_SECONDS } from '@fairlead/contract/call/grant'

/**
 * Remembers used grants and confirmations. `spend` must be atomic over all replicas that share the store: of two calls
 * with one id exactly one is told `spent`. It throws when the store cannot say, and then nothing may be written.
 */
export type UsedGrants = {
  readonly kind: 'memory' | 'redis' | 'kubernetes'
  /** Grants issued before it (milliseconds) are not known here, so they count as used. Unset where only the store knows. */
  readonly since?: number
  /** `issuedAt` in seconds, parts of one included where they are known. */
  spend(id: string, issuedAt: number): Promise<Spent>
  close(): Promise<void>
}

export type Spent = 'spent' | 'used' | Untimely
/**
 * What the store cannot vouch for. `before_start`: it is younger than the grant, or lost what it knew; one that is issued
 * at `retryAt` (seconds, by the clock of whoever issues it) or later is good. The others: by the store's own clock the
 * grant is from further away than the allowed skew, or older than what is remembered.
 */
export type Untimely = { refused: 'before_start'; retryAt: number } | { refused: 'not_yet' | 'expired' }

/** Seconds for which a used id is remembered: well beyond the life of a grant, and the life of a confirmation. */
export const REMEMBER_SECONDS = 600

/** Seconds for which a store keeps an id, so that it outlives the ids that are still taken by any clock of the allowed skew. */
export const KEEP_SECONDS = REMEMBER_SECONDS + 2 * CLOCK_SKEW_SECONDS

/**
 * Whether a store that began at `since` can know a grant by its time, all in milliseconds. Undefined: it can. A grant that
 * was used before `since` was issued before `since` and the skew, since none of later was taken then.
 */
export function untimely(issuedAt: number, at: { since: number; now: number; skew: number }): Untimely | undefined {
  const { since, now, skew } = at
  // Without skew there is one clock, and nothing is of the future.
  if (skew > 0 && issuedAt > now + skew) return { refused: 'not_yet' }
  if (issuedAt <= since + skew) return { refused: 'before_start', retryAt: goodFrom(since + skew) }
  if (now > issuedAt + REMEMBER_SECONDS * 1000) return { refused: 'expired' }
  return undefined
}

/** Grants carry whole seconds: the first that is later than `since` (milliseconds). */
export function goodFrom(since: number): number {
  return Math.floor(since / 1000) + 1
}
