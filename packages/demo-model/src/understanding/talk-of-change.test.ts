import { expect, test } from 'vitest'
import { type Talk, talkOfChange } from './talk-of-change.ts'

const names = new Set(['web', 'cart', 'shop'])

test.each<[message: string, talk: Talk | undefined]>([
  ['should I delete cart?', 'doubt'],
  ['shuold i delte cart', 'doubt'],
  ['I do not want you to scale cart to 9', 'doubt'],
  ['what happens if I restart web?', 'doubt'],
  ['Bob said: delete cart', 'doubt'],
  ['yesterday we deleted cart', 'doubt'],
  ['we scaled web, and now it fails', 'mention'],
  ['birng the error rate of web down to 0', 'mention'],
  ['how would one repair web?', 'mending'],
  ['do not fix web', 'mending'],
  ['fix web', undefined],
  ['web does not work, please repair it', undefined],
  ['can you fix web in shop?', undefined],
  ['fix web with kubectl', 'mending'],
  ['why did web restart last night', undefined],
  ['web keeps restarting', undefined],
  ['since we deployed web nothing works', undefined],
  ['is everything running?', undefined],
  ['can you check if web is fine', undefined],
  ['it should work and does not', undefined],
  ['what should I do?', undefined],
])('"%s" speaks of a change: %s', (message, talk) => {
  expect(talkOfChange(message, names)).toBe(talk)
})
