import { type OwnRedisServer, startRedis } from '@fairlead/testing/servers/redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRateLimit, TooManyRequests } from './rate-limit.ts'

let server: OwnRedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const connect = () => {
  const redis = new Redis(server.url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 300 })
  redis.on('error', () => {}) // what the limiter must live with
  return new Promise<Redis>((ready) => redis.once('ready', () => ready(redis)))
}

test('two engines count together, and each alone while Redis is away', async () => {
  const [one, two] = await Promise.all([connect(), connect()])
  const [here, there] = [one, two].map((redis) => createRateLimit({ name: 'test', points: 3, seconds: 60, redis }))
  if (here === undefined || there === undefined) throw new Error('two limits were made')
  await here.count('ann')
  await there.count('ann')
  await here.count('ann')
  await expect(there.count('ann')).rejects.toBeInstanceOf(TooManyRequests)
  await expect(there.count('x'.repeat(5000))).resolves.toBeUndefined()

  server.pause()
  for (let n = 0; n < 3; n++) await here.count('bob')
  await expect(here.count('bob')).rejects.toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) })
  server.resume()
  one.disconnect()
  two.disconnect()
})
