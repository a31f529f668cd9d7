import { describe, expect, it } from 'vitest'
import type { ModelPart, ModelRequest } from './model.ts'
import { MAX_RETRIES, takeModelTurn } from './model-turn.ts'
import { fakePorts, scriptedModel, usage } from './ports.fixture.ts'
import type { AgentPorts } from './ports.ts'

const request: ModelRequest = { system: '', systemTail: '', messages: [], tools: [] }
const finished: ModelPart = { type: 'finished', toolCalls: [], usage, body: { raw: true } }
const text = (words: string): ModelPart => ({ type: 'text', text: words })
const reasoning = (words: string): ModelPart => ({ type: 'reasoning', text: words })

type Failed = Extract<ModelPart, { type: 'failed' }>
const failed = (kind: Failed['kind'], more: Partial<Failed> = {}): ModelPart => ({
  type: 'failed',
  kind,
  sentence: `${kind}.`,
  ...more,
})

/** One generation of a scripted model. The clock goes on by 10 ms each time somebody looks at it. */
async function take(
  scripts: readonly (readonly ModelPart[])[],
  {
    firstTokenSince,
    ports: overrides = {},
    signal,
  }: {
    firstTokenSince?: number
    ports?: Partial<AgentPorts>
    signal?: AbortSignal
  } = {},
) {
  let clock = 0
  const waits: number[] = []
  const { ports, recorded } = fakePorts(scriptedModel(scripts), {
    now: () => (clock += 10),
    sleep: async (ms) => void waits.push(ms),
    ...overrides,
  })
  const end = await takeModelTurn(ports, request, { signal: signal ?? new AbortController().signal, firstTokenSince })
  return { end, events: recorded.events, waits }
}

describe('a generation', () => {
  it('ends with its words, its usage and the message as the provider sent it', async () => {
    const { end, events } = await take([[text('one '), text('two'), finished]])
    expect(end).toEqual({
      kind: 'finished',
      type: 'finished',
      content: 'one two',
      thinking: '',
      thinking_ms: 0,
      tokens: 2,
      toolCalls: [],
      usage,
      body: { raw: true },
      ttft_ms: undefined,
    })
    expect(events).toEqual([
      { type: 'generation.start', model: 'openai/test', tools_available: 0 },
      { type: 'token', text: 'one ', tokens_generated: 1 },
      { type: 'token', text: 'two', tokens_generated: 2 },
    ])
  })

  it('shows its thoughts apart, and says how long it thought', async () => {
    const parts = [reasoning('let '), reasoning('me see'), text('well'), reasoning('hm'), finished]
    const { end, events } = await take([parts])
    // Each stretch is from its first piece to the next word, or to the end: one look at the clock later.
    expect(end).toMatchObject({ content: 'well', thinking: 'let me seehm', thinking_ms: 20, tokens: 1 })
    expect(events.filter(({ type }) => type === 'thinking')).toEqual([
      { type: 'thinking', text: 'let ' },
      { type: 'thinking', text: 'me see' },
      { type: 'thinking', text: 'hm' },
    ])
  })

  it.each([
    ['word', text('a')],
    ['thought', reasoning('a')],
    ['call', { type: 'tool-call-started' } as const],
  ])('tells once how long the run took to its first %s', async (_, part) => {
    const { end, events } = await take([[part, text('b'), finished]], { firstTokenSince: -100 })
    expect(events.filter(({ type }) => type === 'ttft')).toEqual([{ type: 'ttft', duration: 110 }])
    expect(end).toMatchObject({ kind: 'finished', ttft_ms: 110 })
  })

  it('tells it no more where the run has shown something', async () => {
    const { end, events } = await take([[text('a'), finished]])
    expect(events.some(({ type }) => type === 'ttft')).toBe(false)
    expect(end).toMatchObject({ ttft_ms: undefined })
  })

  it('says nothing that a call is not made of', async () => {
    const { end, events } = await take([[{ type: 'tool-call-started' }, finished]])
    expect(end).toMatchObject({ content: '', thinking: '', tokens: 0 })
    expect(events.map(({ type }) => type)).toEqual(['generation.start'])
  })
})

describe('a failure that may pass', () => {
  it.each([
    ['rate-limited', [2, 4, 8]],
    ['transient', [2, 4, 8]],
    ['cut', [2, 4, 8]],
  ] as const)('%s: waits longer each time', async (kind, seconds) => {
    const { end, events, waits } = await take([[failed(kind)], [failed(kind)], [failed(kind)], [finished]])
    expect(waits).toEqual(seconds.map((each) => each * 1000))
    const type = kind === 'rate-limited' ? 'rate_limit' : 'transient_error'
    const error = kind === 'rate-limited' ? {} : { error: `${kind}.` }
    expect(events.filter((event) => event.type === type)).toEqual(
      seconds.map((retry_in, at) => ({ type, retry_in, attempt: at + 1, max_retries: MAX_RETRIES, ...error })),
    )
    expect(end.kind).toBe('finished')
  })

  it.each([
    [7, 7],
    [0, 0],
    [90, 60],
  ])('waits for the %i s that the provider asks for, at most a minute', async (retryAfterSeconds, waited) => {
    const { waits } = await take([[failed('transient', { retryAfterSeconds })], [finished]])
    expect(waits).toEqual([waited * 1000])
  })

  it('ends the turn after its last try', async () => {
    const { end, events } = await take(Array.from({ length: 5 }, () => [failed('transient')]))
    expect(end).toEqual({
      kind: 'failed',
      sentence: 'transient.',
      spoken: { content: '', thinking: '', thinking_ms: 0 },
    })
    expect(events.filter(({ type }) => type === 'generation.start')).toHaveLength(1 + MAX_RETRIES)
  })

  it.each([
    ['word', text('half'), { content: 'half', thinking: '', thinking_ms: 0 }],
    ['thought', reasoning('half'), { content: '', thinking: 'half', thinking_ms: 10 }],
  ])('is none behind a first %s, which is kept', async (_, part, spoken) => {
    const { end, waits } = await take([[part, failed('transient')], [finished]])
    expect(end).toEqual({ kind: 'failed', sentence: 'transient.', spoken })
    expect(waits).toEqual([])
  })

  it('may follow a call that was begun: nothing of it was shown', async () => {
    const { end } = await take([[{ type: 'tool-call-started' }, failed('transient')], [finished]])
    expect(end.kind).toBe('finished')
  })
})

it('a failure that will not pass ends the turn at once', async () => {
  const { end, waits } = await take([[failed('fatal')], [finished]])
  expect(end).toMatchObject({ kind: 'failed', sentence: 'fatal.' })
  expect(waits).toEqual([])
})

it('an answer without an end is cut off, and asked for again while nothing was shown', async () => {
  const { end } = await take([[], [finished]])
  expect(end.kind).toBe('finished')
  const { end: second, events } = await take([[text('half')]])
  expect(second).toMatchObject({ kind: 'failed', sentence: "The model's answer was cut off." })
  expect(events.some(({ type }) => type === 'transient_error')).toBe(false)
})

describe('a stop', () => {
  it('keeps what was said', async () => {
    const controller = new AbortController()
    const endless = [reasoning('so'), text('one'), text('two')]
    const { ports, recorded } = fakePorts(scriptedModel([endless]))
    const tell: AgentPorts['tell'] = (event) => {
      ports.tell(event)
      if (event.type === 'token') controller.abort('stopped-by-person')
    }
    const options = { signal: controller.signal, firstTokenSince: undefined }
    expect(await takeModelTurn({ ...ports, tell }, request, options)).toMatchObject({
      kind: 'stopped',
      spoken: { content: 'one', thinking: 'so' },
    })
    expect(recorded.names()).not.toContain('transient_error')
  })

  it('ends the waiting for another try', async () => {
    const controller = new AbortController()
    const sleep = async () => controller.abort('stopped-by-person')
    const { end, events } = await take([[failed('transient')], [finished]], {
      ports: { sleep },
      signal: controller.signal,
    })
    expect(end).toEqual({ kind: 'stopped', spoken: { content: '', thinking: '', thinking_ms: 0 } })
    expect(events.filter(({ type }) => type === 'generation.start')).toHaveLength(1)
  })
})
