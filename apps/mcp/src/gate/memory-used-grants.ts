import { CLOCK_SKEW_SECONDS } from '@fairlead/contract/grant'
import { REMEMBER_SECONDS, type UsedGrants } from './used-grants.ts'

/**
 * For one replica. What was used before this process started is not known, so every grant of then is refused; the clock
 * of an engine on another machine may be ahead, and that is counted against its grants.
 */
export function createMemoryUsedGrants({
  isLoopback,
  now = Date.now,
}: {
  isLoopback: boolean
  now?: () => number
}): UsedGrants {
  const since = now() + (isLoopback ? 0 : CLOCK_SKEW_SECONDS * 1000)
  const used = new Map<string, number>()
  return {
    kind: 'memory',
    since,
    async spend(id, issuedAt) {
      for (const [each, until] of used) {
        // In the order of their insertion, so the first that is still remembered ends it.
        if (until > now()) break
        used.delete(each)
      }
      if (issuedAt * 1000 < since) return 'before_start'
      if (used.has(id)) return 'used'
      used.set(id, now() + REMEMBER_SECONDS * 1000)
      return 'spent'
    },
    async close() {},
  }
}
