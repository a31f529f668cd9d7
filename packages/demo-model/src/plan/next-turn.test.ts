import { expect, test } from 'vitest'
import { inParallel } from './in-parallel.ts'
import { nextTurn, type PastCall } from './next-turn.ts'
import { call, type Plan } from './plan.ts'

const answered = (tool: string, args: Record<string, unknown>, text: string): PastCall => ({
  tool,
  args,
  reply: { kind: 'answered', text },
})

function* readAndWrite(): Plan<string> {
  const before = yield* call('read', { of: 'a' })
  const made = yield* call('write', { to: before.text }, { say: `It is ${before.text}.`, barrier: true })
  if (made.kind !== 'answered') return `Not done: ${made.kind}`
  const after = yield* call('read', { of: 'a' })
  return `It was ${before.text}, and is ${after.text}.`
}

test('a plan goes on from what the transcript holds, and reads anew behind a write', () => {
  const past: PastCall[] = []
  expect(nextTurn(readAndWrite(), past)).toEqual({ text: '', calls: [{ tool: 'read', args: { of: 'a' } }] })
  past.push(answered('read', { of: 'a' }, 'red'))
  expect(nextTurn(readAndWrite(), past)).toEqual({
    text: 'It is red.',
    calls: [{ tool: 'write', args: { to: 'red' } }],
  })
  past.push(answered('write', { to: 'red' }, 'done'))
  expect(nextTurn(readAndWrite(), past).calls).toEqual([{ tool: 'read', args: { of: 'a' } }])
  past.push(answered('read', { of: 'a' }, 'green'))
  expect(nextTurn(readAndWrite(), past)).toEqual({ text: 'It was red, and is green.', calls: [] })
})

test('what was denied is an answer, too', () => {
  const denied: PastCall = { tool: 'write', args: { to: 'red' }, reply: { kind: 'denied', text: '' } }
  expect(nextTurn(readAndWrite(), [answered('read', { of: 'a' }, 'red'), denied]).text).toBe('Not done: denied')
})

test('the order of arguments does not matter, and only what is open is called', () => {
  function* both(): Plan<string> {
    const replies = yield {
      calls: [
        { tool: 'read', args: { a: 1, b: 2 } },
        { tool: 'read', args: { c: 3 } },
      ],
    }
    return replies.map(({ text }) => text).join(' ')
  }
  expect(nextTurn(both(), [answered('read', { b: 2, a: 1 }, 'one')]).calls).toEqual([{ tool: 'read', args: { c: 3 } }])
})

test('plans side by side take the turns of the longest, and keep their order', () => {
  function* reads(name: string, count: number): Plan<string> {
    let text = ''
    for (let index = 0; index < count; index++) text += (yield* call('read', { name, index })).text
    return `${name}:${text}`
  }
  function* all(): Plan<string> {
    return (yield* inParallel([reads('a', 1), reads('b', 3), reads('c', 0)])).join(' ')
  }
  const past: PastCall[] = []
  let turns = 0
  for (;;) {
    const { text, calls } = nextTurn(all(), past)
    if (calls.length === 0) {
      expect(text).toBe('a:0 b:012 c:')
      break
    }
    turns++
    for (const { tool, args } of calls) past.push(answered(tool, args, String(args.index)))
  }
  expect(turns).toBe(3)
})
