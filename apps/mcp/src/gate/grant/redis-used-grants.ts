import { CLOCK_SKEW_SECONDS } from '@fairlead/contract/call/grant'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { ConfigError } from '../../tool/config-error.ts'
import { StoreUnfit } from './store-unfit.ts'
import { KEEP_SECONDS, type UsedGrants, untimely } from './used-grants.ts'

const MARK = 'fairlead:grant-store'

/**
 * One round trip, one atomic step. The mark holds when the store began and what it was then: the server's run (it changes
 * with each start), its history of replication (with each fail-over) and how many keys it has evicted. Where one of them is
 * another, the server may hold less than it did, so the store counts as new. Nothing is set in a server that may drop what
 * it holds.
 */
const script = `
local info = redis.call('INFO')
local function field(name) return string.match(info, '\\n' .. name .. ':([^\\r\\n]*)') or '' end
local policy = field('maxmemory_policy')
if policy ~= 'noeviction' and not (policy == '' and ARGV[1] == 'declared') then
  return cjson.encode({ policy = policy })
end
local is = field('run_id') .. ' ' .. field('master_replid') .. ' ' .. field('evicted_keys')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.ceil(time[2] / 1000)
local since, was = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (.*)$')
if was ~= is then
  since = string.format('%.0f', now)
  redis.call('SET', KEYS[1], since .. ' ' .. is)
end
local isNew = KEYS[2] and redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[2]) and true or false
return cjson.encode({ since = tonumber(since), now = now, isNew = isNew })
`

const answerOfScript = z.union([
  z.object({ policy: z.string() }),
  z.object({ since: z.number(), now: z.number(), isNew: z.boolean() }),
])

/**
 * For several replicas. The mark is made at the start, so that the first grant after an installation is good, and a server
 * that may evict is refused there. One that does not answer yet is checked with each grant.
 */
export async function connectRedisUsedGrants({
  url,
  isLoopback,
  isDeclaredNoEviction,
  report,
}: {
  url: string
  /** Engine, tool server and Redis share one machine, and so one clock. */
  isLoopback: boolean
  /** Of a server that does not tell its policy. */
  isDeclaredNoEviction: boolean
  report: (fault: unknown) => void
}): Promise<UsedGrants> {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 3_000,
    connectTimeout: 3_000,
    retryStrategy: (attempt) => Math.min(200 * attempt, 2_000),
    lazyConnect: true,
  })
  redis.on('error', report)
  const skew = isLoopback ? 0 : CLOCK_SKEW_SECONDS * 1000
  const declared = isDeclaredNoEviction ? 'declared' : ''
  const ask = async (...keys: readonly string[]) => {
    const text = await redis.eval(script, 1 + keys.length, MARK, ...keys, declared, KEEP_SECONDS)
    const answer = answerOfScript.parse(JSON.parse(String(text)))
    if ('policy' in answer) throw new StoreUnfit(unfitOf(answer.policy))
    return answer
  }
  await redis.connect().catch(report)
  try {
    if (redis.status === 'ready') await ask()
  } catch (fault) {
    const sentence = refusalOf(fault)
    if (sentence === undefined) report(fault)
    else {
      redis.disconnect()
      throw new ConfigError(`MCP_GRANT_STORE=redis: ${sentence}`, { cause: fault })
    }
  }
  return {
    kind: 'redis',
    async spend(id, issuedAt) {
      const { isNew, since, now } = await ask(`fairlead:grant:${id}`)
      return untimely(issuedAt * 1000, { since, now, skew }) ?? (isNew ? 'spent' : 'used')
    },
    async close() {
      redis.disconnect()
    },
  }
}

function unfitOf(policy: string): string {
  if (policy === '')
    return 'the Redis does not tell its maxmemory-policy. If it is noeviction, set MCP_GRANT_STORE_NOEVICTION=true.'
  return `the Redis may drop used grants: its maxmemory-policy is ${policy}. Set it to noeviction, or use a Redis of its own.`
}

/** Why the start is refused; undefined for what may have gone by the next try. */
function refusalOf(fault: unknown): string | undefined {
  if (fault instanceof StoreUnfit) return fault.message
  if (!(fault instanceof Error) || !/NOPERM|user executing the script|unknown command/i.test(fault.message)) return
  return `the Redis does not allow what the store needs: EVAL with GET, SET, TIME and INFO, which tells of a restart (${fault.message}).`
}
