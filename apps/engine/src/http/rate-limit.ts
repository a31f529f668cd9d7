import { createHash } from 'node:crypto'
import { Refusal } from '@fairlead/contract/errors'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'

/** The caller asked too often; says when to come back. */
export class TooManyRequests extends Refusal {
  readonly retryAfterSeconds: number

  constructor(milliseconds: number, reason?: string) {
    super('tooManyRequests', { fields: reason === undefined ? {} : { reason } })
    this.retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1000))
  }
}

export type RateLimit = {
  /** Counts one. Throws TooManyRequests when that is more than the window allows, and for nothing else. */
  count(key: string): Promise<void>
  /** Takes one back. */
  uncount(key: string): Promise<void>
}

/**
 * A fixed window from the first request on. In Redis, if one is given: its client must fail at once (no offline queue,
 * short command timeout), since a window in the process stands in for it.
 */
export function createRateLimit(options: { name: string; points: number; seconds: number; redis?: Redis }): RateLimit {
  const { name, points, seconds, redis } = options
  const window = { keyPrefix: `limit:${name}`, points, duration: seconds }
  const inProcess = new RateLimiterMemory(window)
  const limiter = redis
    ? new RateLimiterRedis({ ...window, storeClient: redis, insuranceLimiter: inProcess })
    : inProcess
  return {
    count: async (key) => {
      try {
        await limiter.consume(short(key))
      } catch (over) {
        if (over instanceof RateLimiterRes) throw new TooManyRequests(over.msBeforeNext)
        throw over
      }
    },
    uncount: async (key) => {
      await limiter.reward(short(key))
    },
  }
}

/** Keys hold what callers send: their length must not be theirs to choose. */
function short(key: string): string {
  return key.length <= 100 ? key : createHash('sha256').update(key).digest('base64url')
}
