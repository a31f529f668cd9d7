import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createInterrupts } from './interrupts.ts'

test('the first Ctrl-C is in the hands of the work, the second ends it, and later ones are nobody’s', async () => {
  const exits: number[] = []
  const source = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) })
  const { during } = createInterrupts(source)
  let stopRequests = 0
  const result = await during(
    () => stopRequests++,
    async () => {
      source.emit('SIGINT')
      expect([stopRequests, exits]).toEqual([1, []])
      source.emit('SIGINT')
      return 'done'
    },
  )
  expect([result, stopRequests, exits]).toEqual(['done', 1, [130]])
  expect(source.listenerCount('SIGINT')).toBe(0)
  await expect(
    during(
      () => {},
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken')
  expect(source.listenerCount('SIGINT')).toBe(0)
})
