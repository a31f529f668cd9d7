import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OwnRedisServer, startRedis } from './redis.ts'

let server: OwnRedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server?.stop())

test('a paused server answers nothing, and all of it after it resumes', async () => {
  const redis = new Redis(server.url)
  await redis.set('key', 'value')
  server.pause()
  const answer = redis.get('key')
  expect(await Promise.race([answer, sleep(300, 'nothing')])).toBe('nothing')
  server.resume()
  expect(await answer).toBe('value')
  redis.disconnect()
})

test('a restarted server is empty and has the same address', async () => {
  const redis = new Redis(server.url)
  await redis.set('key', 'value')
  await server.restart()
  await expect.poll(() => redis.get('key').catch(() => 'not yet'), { timeout: 5000 }).toBeNull()
  redis.disconnect()
})
