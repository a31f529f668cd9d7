import { Redis } from 'ioredis'
import { REMEMBER_SECONDS, type UsedGrants } from './used-grants.ts'

const MARK = 'fairlead:grant-store:since'

/** One round trip, one atomic step: the mark is made where there is none, so a store that lost its data says so. */
const spendScript = `
local now = redis.call('TIME')
local since = redis.call('GET', KEYS[1])
if not since then
  since = now[1] * 1000 + math.ceil(now[2] / 1000)
  redis.call('SET', KEYS[1], since)
end
if tonumber(ARGV[1]) * 1000 < tonumber(since) then return 'before_start' end
if redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[2]) then return 'spent' end
return 'used'
`

/** For several replicas. The mark is made at the start, so that the first grant after an installation is good. */
export async function connectRedisUsedGrants(url: string, report: (fault: Error) => void): Promise<UsedGrants> {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 3_000,
    connectTimeout: 3_000,
    retryStrategy: (attempt) => Math.min(200 * attempt, 2_000),
    lazyConnect: true,
  })
  redis.on('error', report)
  await redis.connect().catch(report)
  if (redis.status === 'ready') await redis.eval(markScript, 1, MARK).catch(report)
  return {
    kind: 'redis',
    async spend(id, issuedAt) {
      const answer = await redis.eval(spendScript, 2, MARK, `fairlead:grant:${id}`, issuedAt, REMEMBER_SECONDS)
      if (answer === 'spent' || answer === 'used' || answer === 'before_start') return answer
      throw new Error(`Redis answered ${JSON.stringify(answer)}`)
    },
    async close() {
      redis.disconnect()
    },
  }
}

const markScript = `
local now = redis.call('TIME')
return redis.call('SET', KEYS[1], now[1] * 1000 + math.ceil(now[2] / 1000), 'NX')
`
