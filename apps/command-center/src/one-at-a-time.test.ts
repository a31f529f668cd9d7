import { expect, it } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

it('runs once at a time, and once more for all who asked meanwhile', async () => {
  const ends: PromiseWithResolvers<number>[] = []
  const run = oneAtATime(() => {
    const end = Promise.withResolvers<number>()
    ends.push(end)
    return end.promise
  })
  const first = run()
  const [second, third] = [run(), run()]
  expect(ends).toHaveLength(1)
  ends[0]?.resolve(1)
  expect(await first).toBe(1)
  await Promise.resolve()
  expect(ends).toHaveLength(2)
  ends[1]?.resolve(2)
  expect(await Promise.all([second, third])).toEqual([2, 2])
  const fourth = run()
  ends[2]?.reject(new Error('failed'))
  const fifth = run()
  await expect(fourth).rejects.toThrow('failed')
  await Promise.resolve()
  ends[3]?.resolve(4)
  expect(await fifth).toBe(4)
})
