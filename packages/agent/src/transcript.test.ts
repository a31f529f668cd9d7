import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelMessage } from './model.ts'
import { buildTranscript, estimateTokens, type RecordedEntry, type RecordedTurn } from './transcript.ts'

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

it('leaves out a turn that said and called nothing, with what led to it', () => {
  expect(buildTranscript([said('hi'), turn('')], options)).toHaveLength(1)
  expect(buildTranscript([said('hi'), turn('', [], { nudge: 'Go on.' })], options)).toHaveLength(1)
})

const contentsOf = (entries: RecordedEntry[], maxMessages: number) =>
  buildTranscript(entries, { ...options, maxMessages }).map(({ content }) => content)

it('leaves out a nudge alone where its turn fills the window', () => {
  const entries = [said('hi'), turn('more', [['a', 'A']], { nudge: 'Go on.' })]
  expect(contentsOf(entries, 4)).toEqual(['hi', 'Go on.', 'more', 'A'])
  expect(contentsOf(entries, 3)).toEqual(['hi', 'more', 'A'])
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
    const messages = buildTranscript([said('hi'), said('go'), turn('', ids)], options)
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', ...ids.map(() => 'tool')])
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

it('gives each call with its arguments, and each answer with the name of its tool', () => {
  const messages = buildTranscript([said('hi'), turn('', [['a', 'A']])], options)
  expect(messages).toEqual([
    { role: 'user', content: 'hi' },
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'a', name: 'k8s_get', arguments: '{"name":"a"}' }],
      provider: { name: 'openai', body: { raw: '' } },
    },
    { role: 'tool', tool_call_id: 'a', name: 'k8s_get', content: 'A' },
  ])
})

it('says of nothing that it was thought or called', () => {
  const [, plain] = buildTranscript([said('hi'), turn('done')], options)
  expect(plain).toEqual({ role: 'assistant', content: 'done', provider: { name: 'openai', body: { raw: 'done' } } })
})

it('a nudge is what a user says', () => {
  expect(buildTranscript([said('hi'), turn('more', [], { nudge: 'Go on.' })], options)[1]).toEqual({
    role: 'user',
    content: 'Go on.',
  })
})

it('nothing said gives nothing', () => {
  expect(buildTranscript([], options)).toEqual([])
  expect(buildTranscript([], { ...options, first: 'hi' })).toEqual([{ role: 'user', content: 'hi' }])
})

it('fills the window to its last message', () => {
  const entries = (count: number) => Array.from({ length: count }, (_, at) => said(`${at}`))
  const contents = (count: number, first?: string) =>
    buildTranscript(entries(count), { ...options, maxMessages: 4, first }).map(({ content }) => content)
  expect(contents(4)).toEqual(['0', '1', '2', '3'])
  expect(contents(5)).toEqual(['0', '2', '3', '4'])
  expect(contents(3, 'first')).toEqual(['first', '0', '1', '2'])
  expect(contents(4, 'first')).toEqual(['first', '1', '2', '3'])
})

it('begins its tail with no answer whose call was cut off', () => {
  const calls: [string, string][] = [
    ['a', 'A'],
    ['b', 'B'],
  ]
  const entries = [said('hi'), turn('look', calls), said('and?'), turn('fine')]
  const messages = buildTranscript(entries, { ...options, maxMessages: 4 })
  expect(messages.map(({ content }) => content)).toEqual(['hi', 'and?', 'fine'])
})

it('gives each answer to its own call where two turns number theirs alike', () => {
  const entries = [said('hi'), turn('one', [['a', 'A']]), turn('two', [['a', 'B']])]
  expect(contentsOf(entries, 5)).toEqual(['hi', 'one', 'A', 'two', 'B'])
  expect(contentsOf(entries, 4)).toEqual(['hi', 'two', 'B'])
})

describe('the estimate', () => {
  it('counts four characters a token, and sixteen a message', () => {
    expect(estimateTokens([])).toBe(0)
    expect(estimateTokens([{ role: 'user', content: 'x'.repeat(8) }])).toBe(6)
    expect(estimateTokens([{ role: 'user', content: 'x' }])).toBe(5)
    expect(estimateTokens([{ role: 'tool', tool_call_id: 'a', name: 'n'.repeat(100), content: '' }])).toBe(4)
  })

  it('counts calls and thoughts', () => {
    const call = { id: 'a', name: 'n'.repeat(4), arguments: 'x'.repeat(8) }
    expect(estimateTokens([{ role: 'assistant', content: '', tool_calls: [call, call] }])).toBe(10)
    expect(estimateTokens([{ role: 'assistant', content: '', reasoning_content: 'x'.repeat(8) }])).toBe(6)
  })
})

describe('shortening', () => {
  const big = 'x'.repeat(4_000)
  const four = [said('1'), said('2'), said('3'), said('4')]
  const contents = (entries: RecordedEntry[], maxTokens: number) =>
    buildTranscript([said('hi'), ...entries, ...four], { ...options, maxTokens }).map(({ content }) => content)

  it('cuts no more than is needed', () => {
    const entries = [turn('', [['a', big]]), turn('', [['b', big]])]
    const whole = estimateTokens(buildTranscript([said('hi'), ...entries, ...four], options))
    expect(contents(entries, whole).filter((content) => content === big)).toHaveLength(2)
    const cutOnce = contents(entries, whole - 1)
    expect(cutOnce.filter((content) => content === big)).toHaveLength(1)
    expect(cutOnce.indexOf(big)).toBeGreaterThan(2)
    expect(contents(entries, whole - 1_000).filter((content) => content === big)).toHaveLength(0)
  })

  it('cuts results alone, and none that is short', () => {
    const short = 'y'.repeat(2_000)
    const kept = contents([said(big), turn(big, [['a', short]])], 10)
    expect(kept.filter((content) => content === big)).toHaveLength(2)
    expect(kept).toContain(short)
  })

  it('leaves the last four messages whole, and the fifth not', () => {
    const results = (count: number) =>
      turn(
        '',
        Array.from({ length: count }, (_, at): [string, string] => [`c${at}`, big]),
      )
    const messages = buildTranscript([said('hi'), results(6)], { ...options, maxTokens: 10 })
    expect(messages.slice(2).map(({ content }) => content === big)).toEqual([false, false, true, true, true, true])
  })
})

it('keeps the calls of its opening with their answers', () => {
  const calls = ['a', 'b', 'c'].map((id): [string, string] => [id, id.toUpperCase()])
  const entries = [turn('look', calls), said('one'), said('two')]
  expect(contentsOf(entries, 3)).toEqual(['look', 'A', 'B', 'C', 'two'])
  expect(contentsOf(entries, 5)).toEqual(['look', 'A', 'B', 'C', 'two'])
  expect(contentsOf(entries, 6)).toEqual(['look', 'A', 'B', 'C', 'one', 'two'])
})
