import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createMemoryUsedGrants } from './memory-used-grants.ts'

const seconds = () => Math.floor(Date.now() / 1000)
const early = (retryAt: unknown = expect.any(Number)) => ({ refused: 'before_start', retryAt })

test('lets one id through once', async () => {
  const store = createMemoryUsedGrants({ isLoopback: true, now: () => Date.now() - 5_000 })
  const id = randomUUID()
  const answers = await Promise.all([store.spend(id, seconds()), store.spend(id, seconds())])
  expect(answers).toEqual(['spent', 'used'])
})

test('refuses what was issued before it began; off loopback the clock skew counts too', async () => {
  const store = createMemoryUsedGrants({ isLoopback: true })
  expect(await store.spend(randomUUID(), seconds() - 1)).toEqual(early())
  expect(await store.spend(randomUUID(), seconds() + 1)).toBe('spent')
  let now = 1_000_400
  const remote = createMemoryUsedGrants({ isLoopback: false, now: () => now })
  expect(await remote.spend(randomUUID(), 1_000)).toEqual(early(1_031))
  expect(await remote.spend(randomUUID(), 1_030)).toEqual(early(1_031))
  expect(await remote.spend(randomUUID(), 1_031)).toEqual({ refused: 'not_yet' })
  now += 1_000
  expect(await remote.spend(randomUUID(), 1_031)).toBe('spent')
})

test('forgets an id only after all grants of its time have expired', async () => {
  let now = Date.now()
  const store = createMemoryUsedGrants({ isLoopback: true, now: () => now })
  const issued = Math.floor(now / 1000) + 1
  await store.spend('a', issued)
  now += 600_000
  expect(await store.spend('a', issued)).toBe('used')
  now += 61_000
  expect(await store.spend('a', issued)).toEqual({ refused: 'expired' })
  expect(await store.spend('a', issued + 660)).toBe('spent')
})

test('says what it is, and from when on it knows grants', () => {
  const now = () => 1_000
  expect(createMemoryUsedGrants({ isLoopback: true, now })).toMatchObject({ kind: 'memory', since: 1_000 })
  expect(createMemoryUsedGrants({ isLoopback: false, now })).toMatchObject({ kind: 'memory', since: 31_000 })
})
