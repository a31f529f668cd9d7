import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { describe, expect, it, vi } from 'vitest'
import { aTool, aWriteTool } from './catalogue.fixture.ts'
import type { ModelPart, ModelRequest } from './model.ts'
import { NUDGE } from './next-speaker.ts'
import { runEntry, runFinal, runGate, runModel, stepLimitSentence } from './nodes.ts'
import { calling, fakePorts, saying, scriptedModel, usage } from './ports.fixture.ts'
import type { AgentPorts, CallEnd, FinishedTurn } from './ports.ts'
import { newPosition, type Position } from './position.ts'

const begun = newPosition({ run_id: 'run_1', conversation_id: 'c1', user_id: 'u1', start_time: 1000 })
const quiet = () => new AbortController().signal

describe('a run that begins or is taken over', () => {
  const opening = {
    pending: ['a'],
    loaded_toolsets: { helm: true },
    counters: undefined,
    stopped: false,
    without_model: true,
  }
  const left: Position = { ...begun, awaiting_approval: true, done: true, error: 'old', pending_tools: ['old'] }
  const open = (more: object = {}) =>
    fakePorts(scriptedModel([]), { open: async () => ({ ...opening, ...more }) }).ports

  it('stands where the record says, whatever its position said', async () => {
    expect(await runEntry(left, open(), quiet())).toEqual({
      ...begun,
      step: 1,
      pending_tools: ['a'],
      loaded_toolsets: { helm: true },
      without_model: true,
    })
  })

  it('counts on where another engine stopped', async () => {
    const counters = {
      step: 7,
      auto_continues: 1,
      nudged: true,
      has_answered: true,
      called_tool: true,
      denied: true,
      ttft_emitted: true,
    }
    expect(await runEntry(left, open({ counters, stopped: true }), quiet())).toMatchObject({
      ...counters,
      step: 8,
      stopped: true,
    })
  })
})

describe('a turn', () => {
  async function take(
    script: readonly ModelPart[],
    position: Partial<Position> = {},
    overrides: Partial<AgentPorts> = {},
  ) {
    let request: ModelRequest | undefined
    const model = scriptedModel([
      (received) => {
        request = received
        return script
      },
    ])
    const { ports, recorded } = fakePorts(model, overrides)
    const commits: { turn: FinishedTurn; events: readonly RunEventBody[]; position: Position }[] = []
    const partials: Position[] = []
    const after = await runModel(
      { ...begun, loaded_toolsets: { k8s: true }, ...position },
      {
        ...ports,
        commitTurn: async (turn, events, at) => {
          commits.push({ turn, events, position: at })
          return await ports.commitTurn(turn, events, at)
        },
        commitPartial: async (spoken, at) => {
          partials.push(at)
          await ports.commitPartial(spoken, at)
        },
      },
      quiet(),
    )
    return { after, request, recorded, commits, partials }
  }

  it('asks with the conversation, what is known of the cluster, and the tools that are loaded', async () => {
    const { request } = await take(saying('hello'))
    expect(request?.messages).toEqual([{ role: 'user', content: 'hi' }])
    expect(request?.systemTail).toContain('<cluster_facts>')
    expect(request?.system.length).toBeGreaterThan(100)
    expect(request?.tools.map(({ name }) => name)).toEqual(['k8s_get', 'k8s_scale', 'load_toolset'])
  })

  it('goes back no further than the settings say, and keeps the first message', async () => {
    const entries = Array.from({ length: 9 }, (_, at) => ({ kind: 'user' as const, content: `${at}` }))
    const settings = { ...fakePorts(scriptedModel([])).ports.settings, contextMessages: 3 }
    const conversation = async () => ({ entries, first: 'the first' })
    const { request } = await take(saying('hello'), {}, { settings, conversation })
    expect(request?.messages.map(({ content }) => content)).toEqual(['the first', '7', '8'])
  })

  it('offers no write to who may only look', async () => {
    const { request } = await take(saying('hello'), {}, { requester: async () => ({ viewOnly: true }) })
    expect(request?.tools.map(({ name }) => name)).toEqual(['k8s_get', 'load_toolset'])
  })

  it('is led on by the nudge where the model was to go on, and by nothing else', async () => {
    const nudged = await take(saying('more'), { nudged: true })
    expect(nudged.request?.messages.at(-1)).toEqual({ role: 'user', content: NUDGE })
    expect(nudged.commits[0]?.turn.nudge).toBe(NUDGE)
    expect(nudged.after.nudged).toBe(false)
    expect((await take(saying('more'))).commits[0]?.turn.nudge).toBeUndefined()
  })

  it('that answers is the last one: it is closed with its words and figures', async () => {
    const { after, commits } = await take(saying('hello'))
    expect(after).toMatchObject({ step: 1, has_answered: true, done: true, called_tool: false, speaks_again: false })
    expect(commits[0]?.turn).toMatchObject({ content: 'hello', usage, calls: [], ttft_ms: expect.any(Number) })
    expect(commits[0]?.events).toEqual([
      {
        type: 'token.usage',
        source: 'main',
        model: 'openai/test',
        prompt_tokens: 10,
        completion_tokens: 2,
        total_tokens: 12,
        cached_tokens: null,
      },
      { type: 'generation.complete', content: 'hello', tokens_generated: 1, tool_calls: 0 },
    ])
  })

  it('tells its thoughts at its end, and no usage that nobody reported', async () => {
    const parts: ModelPart[] = [
      { type: 'reasoning', text: 'let me see' },
      { type: 'text', text: 'well' },
      { type: 'finished', toolCalls: [], body: null },
    ]
    const { commits } = await take(parts)
    expect(commits[0]?.events).toEqual([
      { type: 'thinking.complete', content: 'let me see', duration_ms: expect.any(Number) },
      {
        type: 'generation.complete',
        content: 'well',
        tokens_generated: 1,
        tool_calls: 0,
        thinking_content: 'let me see',
      },
    ])
  })

  it('that calls a tool leaves it to the gate', async () => {
    const { after } = await take(calling(['k8s_get', { name: 'web' }]))
    expect(after).toMatchObject({
      has_answered: false,
      called_tool: true,
      pending_tools: ['1-0'],
      speaks_again: false,
      done: false,
    })
  })

  it('that only loads tools gives the model the word again', async () => {
    const { after } = await take(
      calling(['load_toolset', { toolset: 'helm', include_write_tools: false }]),
      {},
      { catalogue: async () => [aTool(), aWriteTool(), aTool({ name: 'helm_list', toolset: 'helm' })] },
    )
    expect(after).toMatchObject({
      called_tool: false,
      has_answered: false,
      speaks_again: true,
      pending_tools: [],
      loaded_toolsets: { k8s: true, helm: false },
    })
  })

  it('remembers what an earlier turn has shown and called', async () => {
    const before = { called_tool: true, ttft_emitted: true }
    const { after, recorded } = await take(saying('hello'), before)
    expect(after).toMatchObject(before)
    expect(recorded.names()).not.toContain('ttft')
    const silent: ModelPart[] = [{ type: 'finished', toolCalls: [], body: null }]
    expect((await take(silent)).after.ttft_emitted).toBe(false)
    expect((await take(saying('hello'))).after.ttft_emitted).toBe(true)
  })

  it('that failed keeps what was said, and ends the run with a sentence', async () => {
    const { after, recorded, partials } = await take(
      [
        { type: 'text', text: 'half' },
        { type: 'failed', kind: 'fatal', sentence: 'Refused.' },
      ],
      { nudged: true },
    )
    expect(after).toMatchObject({ error: 'Refused.', stopped: false, nudged: false, step: 1 })
    expect(recorded.partials).toEqual(['half'])
    expect(partials).toEqual([after])
  })

  it('asks the model who goes on with the turn that was just said, for ten seconds at most', async () => {
    const scripted = scriptedModel([saying('next I read the logs')])
    const ask = vi.fn(async (..._: Parameters<typeof scripted.ask>) => ({
      text: '{"next_speaker":"model"}',
      usage,
    }))
    const { ports, recorded } = fakePorts({ ...scripted, ask })
    const settings = { ...ports.settings, maxAutoContinues: 2 }
    const after = await runModel({ ...begun, called_tool: true }, { ...ports, settings }, quiet())
    expect(ask.mock.calls[0]?.[0].messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'next I read the logs' },
    ])
    expect(ask.mock.calls[0]?.[1].signal).toBeInstanceOf(AbortSignal)
    expect(after).toMatchObject({ speaks_again: true, auto_continues: 1, nudged: true, done: false })
    expect(recorded.events.at(-1)).toEqual({
      type: 'token.usage',
      source: 'turn_check',
      model: 'openai/test',
      prompt_tokens: 10,
      completion_tokens: 2,
      total_tokens: 12,
      cached_tokens: null,
    })
  })

  it('ends that question when the run is stopped', async () => {
    const controller = new AbortController()
    const scripted = scriptedModel([saying('next')])
    const ask: typeof scripted.ask = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        controller.abort('stopped-by-person')
      })
    const { ports } = fakePorts({ ...scripted, ask })
    const settings = { ...ports.settings, maxAutoContinues: 2 }
    const after = await runModel({ ...begun, called_tool: true }, { ...ports, settings }, controller.signal)
    expect(after.nudged).toBe(false)
  })

  it.each([
    ['a denial', { denied: true }],
    ['as many as are allowed', { auto_continues: 2 }],
    ['no tool call', { called_tool: false }],
  ])('asks nobody who goes on after %s', async (_, position) => {
    const scripted = scriptedModel([saying('done')])
    const ask = vi.fn(scripted.ask)
    const { ports } = fakePorts({ ...scripted, ask })
    const settings = { ...ports.settings, maxAutoContinues: 2 }
    const after = await runModel({ ...begun, called_tool: true, ...position }, { ...ports, settings }, quiet())
    expect(ask).not.toHaveBeenCalled()
    expect(after.done).toBe(true)
  })
})

describe('the gate', () => {
  const two: Position = { ...begun, pending_tools: ['a', 'b'], step: 4 }

  async function pass(
    ends: Partial<Record<'run' | 'ask' | 'recover', CallEnd[]>>,
    statuses: Record<string, string>,
    signal = quiet(),
  ) {
    const did: string[] = []
    const { ports, calls, recorded } = fakePorts(scriptedModel([]), {
      refuse: async ({ call_id }, reason) => void did.push(`refuse ${call_id}: ${reason}`),
      run: async ({ call_id }) => {
        did.push(`run ${call_id}`)
        return ends.run?.shift() ?? 'done'
      },
      recover: async ({ call_id }) => {
        did.push(`recover ${call_id}`)
        return ends.recover?.shift() ?? 'done'
      },
      ask: async ({ call_id }, turn) => {
        did.push(`ask ${call_id} of ${turn.map((each) => each.call_id).join()}`)
        return ends.ask?.shift() ?? 'waiting'
      },
    })
    for (const [call_id, status] of Object.entries(statuses)) {
      const [kind = 'write', state = 'pending', fault] = status.split(':')
      const facts = { class: kind, status: state, ...(fault && { fault }) } as never as {
        class: 'write'
        status: 'pending'
      }
      calls.set(call_id, { call_id, tool: 'k8s_scale', ...facts })
    }
    return { after: await runGate(two, ports, signal), did, recorded }
  }

  it('takes the calls in order, and leaves none behind', async () => {
    const { after, did } = await pass({}, { a: 'read', b: 'write:approved' })
    expect(did).toEqual(['run a', 'run b'])
    expect(after).toMatchObject({ pending_tools: [], awaiting_approval: false, denied: false, step: 5, error: null })
  })

  it('waits at the first that a person must decide, with it and what comes behind', async () => {
    const { after, did } = await pass({}, { a: 'write', b: 'read' })
    expect(did).toEqual(['ask a of a,b'])
    expect(after).toMatchObject({ pending_tools: ['a', 'b'], awaiting_approval: true })
  })

  it('waits at the second with what is not done yet', async () => {
    const { after, did } = await pass({}, { a: 'read', b: 'write' })
    expect(did).toEqual(['run a', 'ask b of a,b'])
    expect(after).toMatchObject({ pending_tools: ['b'], awaiting_approval: true })
  })

  it('goes on behind one that was denied, and remembers it', async () => {
    const { after, did } = await pass({}, { a: 'write:denied', b: 'read' })
    expect(did).toEqual(['run b'])
    expect(after).toMatchObject({ pending_tools: [], denied: true })
    expect((await pass({ ask: ['denied'] }, { a: 'write', b: 'read' })).after.denied).toBe(true)
    expect((await pass({}, { a: 'write:completed', b: 'read' })).after.denied).toBe(false)
  })

  it('refuses what is faulty, with the fault', async () => {
    const { after, did } = await pass({}, { a: 'write:pending:no such tool', b: 'read' })
    expect(did).toEqual(['refuse a: no such tool', 'run b'])
    expect(after).toMatchObject({ pending_tools: [], denied: false })
  })

  it('looks into what an engine left under way', async () => {
    const { did } = await pass({}, { a: 'write:executing', b: 'read' })
    expect(did).toEqual(['recover a', 'run b'])
  })

  it('looks again at a call that was decided meanwhile', async () => {
    const { did, after } = await pass({ ask: ['again', 'done'] }, { a: 'write', b: 'read' })
    expect(did).toEqual(['ask a of a,b', 'ask a of a,b', 'run b'])
    expect(after.pending_tools).toEqual([])
  })

  it('ends the run with the sentence of a call that could not be recorded', async () => {
    const { after, did } = await pass({ run: [{ failed: 'The record cannot be written.' }] }, { a: 'read', b: 'read' })
    expect(did).toEqual(['run a'])
    expect(after).toMatchObject({ error: 'The record cannot be written.', pending_tools: ['a', 'b'] })
  })

  it('stops at a call that was stopped, and before the next where the run was', async () => {
    expect((await pass({ run: ['stopped'] }, { a: 'read', b: 'read' })).after).toMatchObject({
      stopped: true,
      pending_tools: ['a', 'b'],
    })
    const { after, did } = await pass({}, { a: 'read', b: 'read' }, AbortSignal.abort('stopped-by-person'))
    expect(did).toEqual([])
    expect(after.stopped).toBe(true)
  })

  it('takes no call that the record does not know', async () => {
    await expect(pass({}, { a: 'read' })).rejects.toThrow('Call b is not in the record')
  })
})

describe('the end of a run', () => {
  async function end(position: Partial<Position>, { done = true, signal = quiet() } = {}) {
    const cancelled: [readonly string[], string][] = []
    const closed: Position[] = []
    const { ports } = fakePorts(scriptedModel([]), {
      cancelCalls: async (ids, why) => void cancelled.push([ids, why]),
      close: async (at) => {
        closed.push(at)
        return done
      },
    })
    return { after: await runFinal({ ...begun, ...position }, ports, signal), cancelled, closed }
  }

  it('closes it and cancels nothing that waits for a person', async () => {
    const { after, cancelled } = await end({ pending_tools: ['a'], awaiting_approval: true })
    expect(cancelled).toEqual([])
    expect(after).toMatchObject({ done: true, awaiting_approval: true })
  })

  it.each([
    [{ stopped: true }, 'the run was stopped'],
    [{ error: 'The model is away.' }, 'the run failed'],
  ])('cancels what has not begun: %j', async (position, why) => {
    expect((await end({ pending_tools: ['a'], ...position })).cancelled).toEqual([[['a'], why]])
    expect((await end(position)).cancelled).toEqual([])
  })

  it('takes a stop at the last moment', async () => {
    const { cancelled, closed } = await end(
      { pending_tools: ['a'] },
      { signal: AbortSignal.abort('stopped-by-person') },
    )
    expect(cancelled).toEqual([[['a'], 'the run was stopped']])
    expect(closed[0]?.stopped).toBe(true)
  })

  it('is none when a decision came in between: nothing waits then', async () => {
    const { after } = await end({ pending_tools: ['a'], awaiting_approval: true }, { done: false })
    expect(after).toMatchObject({ done: false, awaiting_approval: false })
  })
})

it('the limit of steps is named with its setting', () => {
  expect(stepLimitSentence(25)).toBe('The run was stopped at its limit of 25 steps (LLM_MAX_ITERATIONS).')
})
