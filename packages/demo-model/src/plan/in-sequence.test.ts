import { expect, test } from 'vitest'
import { inSequence } from './in-sequence.ts'
import { nextTurn, type PastCall } from './next-turn.ts'
import { call, type Plan } from './plan.ts'

function* write(to: string): Plan<string> {
  const { text } = yield* call('write', { to }, { say: `I propose ${to}.`, barrier: true })
  return `${to}: ${text}.`
}

test('what came of one is told before the next is proposed, and what came of the last in the end', () => {
  const past: PastCall[] = []
  const said: string[] = []
  for (;;) {
    const { text, calls } = nextTurn(inSequence([write('red'), write('blue')]), past)
    said.push(text)
    if (calls.length === 0) break
    for (const one of calls) past.push({ ...one, reply: { kind: 'answered', text: 'done' } })
  }
  expect(said).toEqual(['I propose red.', 'red: done.\n\nI propose blue.', 'blue: done.'])
})
