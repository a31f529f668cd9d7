import { expect, test } from 'vitest'
import { together } from './together.ts'

test('all answers come in their places', async () => {
  expect(await together([Promise.resolve(1), 'two', undefined])).toEqual([1, 'two', undefined])
})

test('the first fault is told once nothing is under way any more', async () => {
  const slow = Promise.withResolvers<void>()
  const seen: string[] = []
  const work = together([
    slow.promise.then(() => seen.push('slow')),
    Promise.reject(new Error('first')),
    slow.promise.then(() => Promise.reject(new Error('second'))),
  ]).catch((error: Error) => seen.push(error.message))
  await Promise.resolve()
  slow.resolve()
  await work
  expect(seen).toEqual(['slow', 'first'])
})
