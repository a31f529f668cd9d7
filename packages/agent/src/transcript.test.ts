import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelMessage } from './model.ts'
import { buildTranscript, type RecordedEntry, type RecordedTurn } from './transcript.ts'

const options = { provider: 'openai', maxMessages: 40, maxTokens: 100_000 }
const said = (content: string): RecordedEntry => ({ kind: 'user', content })
const turn = (
  content: string,
  calls: [id: string, message: string | null][] = [],
  more: Partial<RecordedTurn> = {},
): RecordedTurn => ({
  kind: 'turn',
  provider: 'openai',
  content,
  reasoning: '',
  body: { raw: content },
  calls: calls.map(([id, message]) => ({ call_id: id, provider_id: id, tool: 'k8s_get', args: { name: id }, message })),
  ...more,
})

it('answers every call right behind the message that made it', () => {
  const messages = buildTranscript(
    [
      said('hi'),
      turn('looking', [
        ['a', 'A'],
        ['b', null],
      ]),
      turn('done'),
    ],
    options,
  )
  expect(messages.map(({ role, content }) => [role, content])).toEqual([
    ['user', 'hi'],
    ['assistant', 'looking'],
    ['tool', 'A'],
    ['tool', 'The call has not run: it is pending approval.'],
    ['assistant', 'done'],
  ])
})

it("gives a provider its own message back, and another one's in neutral words only", () => {
  const entries = [
    said('hi'),
    turn('mine', [], { reasoning: 'hm' }),
    turn('other', [], { provider: 'anthropic', reasoning: 'signed' }),
  ]
  const [, mine, other] = buildTranscript(entries, options)
  expect(mine).toMatchObject({ provider: { name: 'openai', body: { raw: 'mine' } }, reasoning_content: 'hm' })
  expect(other).toEqual({ role: 'assistant', content: 'other' })
})

it('puts a nudge before the turn it led to', () => {
  expect(
    buildTranscript([said('hi'), turn('more', [], { nudge: 'Go on.' })], options).map(({ content }) => content),
  ).toEqual(['hi', 'Go on.', 'more'])
})

it('leaves out a turn that said and called nothing', () => {
  expect(buildTranscript([said('hi'), turn('')], options)).toHaveLength(1)
})

describe('the window', () => {
  const long = Array.from({ length: 60 }, (_, index) => [said(`question ${index}`), turn(`answer ${index}`)]).flat()

  it('holds the first user message and the newest ones', () => {
    const messages = buildTranscript(long, options)
    expect(messages).toHaveLength(40)
    expect(messages[0]?.content).toBe('question 0')
    expect(messages.at(-1)?.content).toBe('answer 59')
  })

  it('takes the first message from outside when the entries do not reach back to it', () => {
    const messages = buildTranscript(long.slice(60), { ...options, first: 'the very first' })
    expect(messages[0]?.content).toBe('the very first')
    expect(messages).toHaveLength(40)
  })

  it('keeps a turn whole whose results alone would fill it', () => {
    const ids = Array.from({ length: 50 }, (_, index): [string, string] => [`c${index}`, `result ${index}`])
    const messages = buildTranscript([said('hi'), turn('', ids)], options)
    expect(messages.filter(({ role }) => role === 'tool')).toHaveLength(50)
    expect(messages.at(-1)?.content).toBe('result 49')
  })

  it('never parts a call from its answer, whatever is cut', () => {
    const entry = fc.oneof(
      fc.string({ minLength: 1 }).map(said),
      fc.tuple(fc.string(), fc.array(fc.option(fc.string(), { nil: null }), { maxLength: 6 })),
    )
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), fc.integer({ min: 4, max: 12 }), (parts, maxMessages) => {
        let next = 0
        const entries = parts.map((part) =>
          Array.isArray(part)
            ? turn(
                part[0],
                part[1].map((message): [string, string | null] => [`c${next++}`, message]),
              )
            : part,
        )
        return isPaired(buildTranscript([said('first'), ...entries], { ...options, maxMessages }))
      }),
    )
  })
})

function isPaired(messages: readonly ModelMessage[]): boolean {
  let open: string[] = []
  for (const message of messages) {
    if (message.role === 'tool') {
      if (open.shift() !== message.tool_call_id) return false
      continue
    }
    if (open.length > 0) return false
    if (message.role === 'assistant') open = (message.tool_calls ?? []).map(({ id }) => id)
  }
  return open.length === 0
}

it('shortens the oldest results first, and never the last four messages', () => {
  const big = 'x'.repeat(40_000)
  const entries = [said('hi'), turn('', [['a', big]]), turn('', [['b', big]]), turn('', [['c', big]])]
  const messages = buildTranscript(entries, { ...options, maxTokens: 25_000 })
  const lengths = messages.filter(({ role }) => role === 'tool').map(({ content }) => content.length)
  expect(lengths[0]).toBeLessThan(3000)
  expect(lengths.slice(1)).toEqual([40_000, 40_000])
  expect(messages.find(({ role }) => role === 'tool')?.content).toContain('characters left out')
})
