import { CLOCK_SKEW_SECONDS } from '@fairlead/contract/call/grant'
import { type UsedGrants, untimely } from './used-grants.ts'
import { createUsedIds } from './used-ids.ts'

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
  const skew = isLoopback ? 0 : CLOCK_SKEW_SECONDS * 1000
  const start = now()
  const used = createUsedIds(now)
  return {
    kind: 'memory',
    since: start + skew,
    async spend(id, issuedAt) {
      const refusal = untimely(issuedAt * 1000, { since: start, now: now(), skew })
      if (refusal !== undefined) return refusal
      return used.add(id) ? 'spent' : 'used'
    },
    async close() {},
  }
}
