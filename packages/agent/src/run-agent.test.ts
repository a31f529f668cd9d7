import { MemorySaver } from '@langchain/langgraph-checkpoint'
import { describe, expect, it, vi } from 'vitest'
import { RunInterrupted } from './abort.ts'
import { calling, fakePorts, saying, scriptedModel } from './ports.fixture.ts'
import type { AgentPorts } from './ports.ts'
import { newPosition } from './position.ts'
import { createAgent } from './run-agent.ts'

const counters = {
  step: 3,
  auto_continues: 0,
  nudged: false,
  has_answered: false,
  called_tool: false,
  denied: false,
  ttft_emitted: true,
}

const start = () => newPosition({ run_id: crypto.randomUUID(), conversation_id: 'c1', user_id: 'u1', start_time: 1000 })

function run(ports: AgentPorts, signal = new AbortController().signal) {
  return createAgent(new MemorySaver()).run(start(), ports, signal)
}

const withSettings = (settings: Partial<AgentPorts['settings']>): Partial<AgentPorts> => ({
  settings: { ...fakePorts(scriptedModel([])).ports.settings, ...settings },
})

it('answers, and closes the run once, with its answer', async () => {
  const { ports, recorded } = fakePorts(scriptedModel([saying('hello')]))
  const close = vi.fn(ports.close)
  const last = await run({ ...ports, close })
  expect(last.done).toBe(true)
  expect(close).not.toHaveBeenCalled()
  expect(recorded.names()).toEqual(['generation.start', 'ttft', 'token', 'token.usage', 'generation.complete'])
  expect(recorded.closed).toEqual([{ error: null, stopped: false, awaiting: false }])
})

it('runs a read and gives the model the word again', async () => {
  const { ports, recorded, calls } = fakePorts(
    scriptedModel([calling(['k8s_get', { name: 'web' }]), saying('it is fine')]),
  )
  const last = await run(ports)
  expect([...calls.values()].map(({ status }) => status)).toEqual(['completed'])
  expect(recorded.turns.map(({ content }) => content)).toEqual(['', 'it is fine'])
  expect(last).toMatchObject({ called_tool: true, step: 4 })
})

it('stops at the first write and asks about nothing behind it', async () => {
  const turn = calling(['k8s_scale', { name: 'web', replicas: 5 }], ['k8s_get', { name: 'web' }])
  const { ports, recorded, calls } = fakePorts(scriptedModel([turn]))
  const last = await run(ports)
  expect([...calls.values()].map(({ status }) => status)).toEqual(['awaiting_approval', 'pending'])
  expect(recorded.closed).toEqual([{ error: null, stopped: false, awaiting: true }])
  expect(last.pending_tools).toEqual(['1-0', '1-1'])
})

it('looks again when a decision came while it was about to wait', async () => {
  const model = scriptedModel([calling(['k8s_scale', { name: 'web', replicas: 5 }]), saying('scaled')])
  const closes = [false, true]
  const { ports, recorded, calls } = fakePorts(model)
  const close: AgentPorts['close'] = async (position) => {
    const done = closes.shift() ?? true
    if (!done) calls.set('1-0', { call_id: '1-0', tool: 'k8s_scale', class: 'write', status: 'approved' })
    else await ports.close(position)
    return done
  }
  await run({ ...ports, close })
  expect(calls.get('1-0')?.status).toBe('completed')
  expect(recorded.turns.at(-1)?.content).toBe('scaled')
  expect(recorded.closed).toEqual([{ error: null, stopped: false, awaiting: false }])
})

it('begins behind its entry where it is known what that would find, and counts it all the same', async () => {
  const { ports, recorded } = fakePorts(scriptedModel([saying('hello')]))
  const open = vi.fn(ports.open)
  const known = {
    pending: [],
    loaded_toolsets: { k8s: true },
    counters: undefined,
    stopped: false,
    without_model: false,
  }
  const agent = createAgent(new MemorySaver())
  const last = await agent.run(start(), { ...ports, open }, new AbortController().signal, known)
  expect(open).not.toHaveBeenCalled()
  expect(last).toMatchObject({ step: 2, loaded_toolsets: { k8s: true }, done: true })
  expect(recorded.turns[0]?.content).toBe('hello')
})

it('begins at the gate with a call that is known to wait', async () => {
  const { ports, calls } = fakePorts(scriptedModel([saying('scaled')]))
  calls.set('1-0', { call_id: '1-0', tool: 'k8s_scale', class: 'write', status: 'approved' })
  const known = { pending: ['1-0'], loaded_toolsets: { k8s: false }, counters, stopped: false, without_model: false }
  const last = await createAgent(new MemorySaver()).run(start(), ports, new AbortController().signal, known)
  expect(calls.get('1-0')?.status).toBe('completed')
  expect(last).toMatchObject({ step: counters.step + 3, done: true })
})

it('gives the model the word after load_toolset, without the gate', async () => {
  const model = scriptedModel([calling(['load_toolset', { toolset: 'k8s', include_write_tools: true }]), saying('ok')])
  const { ports, recorded } = fakePorts(model)
  const last = await run(ports)
  expect(recorded.turns).toHaveLength(2)
  expect(last).toMatchObject({ called_tool: false, step: 3 })
})

describe('after load_toolset', () => {
  const load = calling(['load_toolset', { toolset: 'k8s', include_write_tools: true }])

  it('a failure of the model ends the run', async () => {
    const failed = { type: 'failed', kind: 'fatal', sentence: 'refused (401)' } as const
    const { ports, recorded } = fakePorts(scriptedModel([load, [failed], saying('never')]))
    await run(ports)
    expect(recorded.turns).toHaveLength(1)
    expect(recorded.closed).toEqual([{ error: 'refused (401)', stopped: false, awaiting: false }])
  })

  it('a stop ends it', async () => {
    const controller = new AbortController()
    const stop = () => {
      controller.abort('stopped-by-person')
      return saying('never')
    }
    const { ports, recorded } = fakePorts(scriptedModel([load, stop, saying('never')]))
    await run(ports, controller.signal)
    expect(recorded.turns).toHaveLength(1)
    expect(recorded.closed).toEqual([{ error: null, stopped: true, awaiting: false }])
  })

  it('the limit of steps ends it', async () => {
    const { ports, recorded } = fakePorts(scriptedModel([load, load, load, load]), withSettings({ maxSteps: 3 }))
    await run(ports)
    expect(recorded.turns).toHaveLength(2)
    expect(recorded.closed[0]?.error).toMatch(/3 steps/)
  })
})

it('a call that cannot be run ends the run, and what was behind it is cancelled', async () => {
  const turn = calling(['k8s_get', { name: 'a' }], ['k8s_get', { name: 'b' }])
  const failing: Partial<AgentPorts> = { run: async () => ({ failed: 'No tool server answers.' }) }
  const { ports, recorded } = fakePorts(scriptedModel([turn, saying('never')]), failing)
  await run(ports)
  expect(recorded.turns).toHaveLength(1)
  expect(recorded.cancelled).toEqual(['1-0', '1-1'])
  expect(recorded.closed).toEqual([{ error: 'No tool server answers.', stopped: false, awaiting: false }])
})

describe('the limit of steps', () => {
  it('of a few counts the same', async () => {
    const turns = Array.from({ length: 5 }, () => calling(['k8s_get', { name: 'web' }]))
    const { ports, recorded } = fakePorts(scriptedModel(turns), withSettings({ maxSteps: 5 }))
    await run(ports)
    expect(recorded.turns).toHaveLength(2)
    expect(recorded.closed[0]?.error).toMatch(/5 steps/)
  })

  it('lets 25 steps hold twelve turns of which each but the last calls tools', async () => {
    const turns = [...Array.from({ length: 11 }, () => calling(['k8s_get', { name: 'web' }])), saying('done')]
    const { ports, recorded } = fakePorts(scriptedModel(turns))
    await run(ports)
    expect(recorded.turns).toHaveLength(12)
    expect(recorded.closed).toEqual([{ error: null, stopped: false, awaiting: false }])
  })

  it('ends a loop that never ends with words that name it, after the last result', async () => {
    const turns = Array.from({ length: 50 }, () => calling(['k8s_get', { name: 'web' }]))
    const { ports, recorded, calls } = fakePorts(scriptedModel(turns))
    await run(ports)
    expect(recorded.turns).toHaveLength(12)
    expect([...calls.values()].every(({ status }) => status === 'completed')).toBe(true)
    expect(recorded.closed[0]?.error).toMatch(/25 steps \(LLM_MAX_ITERATIONS\)/)
  })
})

describe('failures of the model', () => {
  const busy = { type: 'failed', kind: 'rate-limited', sentence: 'busy', retryAfterSeconds: 7 } as const

  it('are waited out while nothing was shown', async () => {
    const { ports, recorded } = fakePorts(scriptedModel([[busy], [busy], saying('at last')]))
    await run(ports)
    expect(recorded.events.filter(({ type }) => type === 'rate_limit')).toEqual([
      { type: 'rate_limit', retry_in: 7, attempt: 1, max_retries: 3 },
      { type: 'rate_limit', retry_in: 7, attempt: 2, max_retries: 3 },
    ])
    expect(recorded.turns[0]?.content).toBe('at last')
  })

  it('end the run after three more tries', async () => {
    const { ports, recorded } = fakePorts(scriptedModel([[busy], [busy], [busy], [busy]]))
    await run(ports)
    expect(recorded.names().filter((name) => name === 'generation.start')).toHaveLength(4)
    expect(recorded.closed[0]?.error).toBe('busy')
  })

  it('end the run at once when text was shown, and the text is kept', async () => {
    const cut = [{ type: 'text', text: 'half a' } as const]
    const { ports, recorded } = fakePorts(scriptedModel([cut]))
    await run(ports)
    expect(recorded.partials).toEqual(['half a'])
    expect(recorded.closed[0]?.error).toBe("The model's answer was cut off.")
  })

  it('that asking again will not mend end it at once', async () => {
    const { ports, recorded } = fakePorts(
      scriptedModel([[{ type: 'failed', kind: 'fatal', sentence: 'refused (401)' }]]),
    )
    await run(ports)
    expect(recorded.names()).toEqual(['generation.start'])
    expect(recorded.closed[0]?.error).toBe('refused (401)')
  })
})

describe('a stop', () => {
  it('keeps what was said and throws nothing', async () => {
    const controller = new AbortController()
    const { ports, recorded } = fakePorts(scriptedModel([saying('one two')]), {})
    const tell: AgentPorts['tell'] = (event) => {
      ports.tell(event)
      if (event.type === 'token') controller.abort('stopped-by-person')
    }
    await run({ ...ports, tell }, controller.signal)
    expect(recorded.partials).toEqual(['one two'])
    expect(recorded.closed).toEqual([{ error: null, stopped: true, awaiting: false }])
  })

  it('cancels the calls that have not begun', async () => {
    const turn = calling(['k8s_get', { name: 'a' }], ['k8s_get', { name: 'b' }])
    const { ports, recorded } = fakePorts(scriptedModel([turn]), { run: async () => 'stopped' })
    await run(ports)
    expect(recorded.cancelled).toEqual(['1-0', '1-1'])
    expect(recorded.turns).toHaveLength(1)
    expect(recorded.closed[0]?.stopped).toBe(true)
  })
})

it.each(['lost-ownership', 'shutting-down'] as const)('ends without a word on %s', async (reason) => {
  const controller = new AbortController()
  const { ports, recorded } = fakePorts(scriptedModel([saying('one')]))
  const tell: AgentPorts['tell'] = () => controller.abort(reason)
  await expect(run({ ...ports, tell }, controller.signal)).rejects.toThrow(RunInterrupted)
  expect(recorded.closed).toEqual([])
})

describe('who speaks next', () => {
  const model = 'model'
  const answer = (next_speaker: string) => JSON.stringify({ reasoning: '', next_speaker })
  const turns = [calling(['k8s_get', { name: 'web' }]), saying('next I read the logs'), saying('done'), saying('more')]

  it('is asked after a run with a tool call, and leads the model on', async () => {
    const { ports, recorded } = fakePorts(
      scriptedModel(turns, [answer(model), answer('user')]),
      withSettings({ maxAutoContinues: 2 }),
    )
    await run(ports)
    expect(recorded.turns.map(({ content }) => content)).toEqual(['', 'next I read the logs', 'done'])
    expect(recorded.turns.map(({ nudge }) => nudge !== undefined)).toEqual([false, false, true])
  })

  it('leads it on twice at most', async () => {
    const answers = [answer(model), answer(model), answer(model)]
    const { ports, recorded } = fakePorts(scriptedModel(turns, answers), withSettings({ maxAutoContinues: 2 }))
    await run(ports)
    expect(recorded.turns).toHaveLength(4)
  })

  it.each([
    ['a plain answer', [saying('hello')], {}],
    ['when it is switched off', turns, { maxAutoContinues: 0 }],
  ])('is not asked after %s', async (_, script, settings) => {
    let queries = 0
    const scripted = scriptedModel(script)
    const ask: typeof scripted.ask = async () => {
      queries += 1
      return { text: answer(model) }
    }
    const { ports } = fakePorts({ ...scripted, ask }, withSettings({ maxAutoContinues: 2, ...settings }))
    await run(ports)
    expect(queries).toBe(0)
  })

  it('is the user when the model does not answer', async () => {
    const { ports, recorded } = fakePorts(scriptedModel(turns), withSettings({ maxAutoContinues: 2 }))
    await run(ports)
    expect(recorded.turns).toHaveLength(2)
  })
})

describe('a take-over', () => {
  const opened = (more: Partial<Awaited<ReturnType<AgentPorts['open']>>>): Partial<AgentPorts> => ({
    open: async () => ({
      pending: [],
      loaded_toolsets: { k8s: true },
      counters,
      stopped: false,
      without_model: false,
      ...more,
    }),
  })

  it('only closes a run that has said its last word', async () => {
    const { ports, recorded } = fakePorts(scriptedModel([]), opened({ counters: { ...counters, has_answered: true } }))
    await run(ports)
    expect(recorded.turns).toEqual([])
    expect(recorded.closed).toHaveLength(1)
  })

  it('goes on counting the steps', async () => {
    const { ports } = fakePorts(scriptedModel([saying('hello')]), opened({}))
    expect((await run(ports)).step).toBe(5)
  })

  it('looks into a write that was under way', async () => {
    const { ports, calls } = fakePorts(scriptedModel([saying('recovered')]), opened({ pending: ['w'] }))
    calls.set('w', { call_id: 'w', tool: 'k8s_scale', class: 'write', status: 'executing' })
    await run(ports)
    expect(calls.get('w')?.status).toBe('completed')
  })

  it('closes a run that was to stop', async () => {
    const { ports, recorded } = fakePorts(scriptedModel([]), opened({ stopped: true, pending: ['w'] }))
    await run(ports)
    expect(recorded.cancelled).toEqual(['w'])
    expect(recorded.closed[0]?.stopped).toBe(true)
  })
})

it.each([
  ['was to stop', { stopped: true }],
  ['has no model', { without_model: true }],
])('a run that %s is closed at once, be it known beforehand or not', async (_, more) => {
  const known = {
    pending: [],
    loaded_toolsets: { k8s: true },
    counters: undefined,
    stopped: false,
    without_model: false,
  }
  const open = async () => ({ ...known, ...more })
  for (const opening of [undefined, await open()]) {
    const { ports, recorded } = fakePorts(scriptedModel([saying('never')]), { open })
    await createAgent(new MemorySaver()).run(start(), ports, new AbortController().signal, opening)
    expect(recorded.turns).toEqual([])
    expect(recorded.closed).toHaveLength(1)
  }
})

describe('positions are kept', () => {
  it('before the next node begins, and no longer than the run', async () => {
    const saver = new MemorySaver()
    const seen: string[] = []
    const put = saver.put.bind(saver)
    vi.spyOn(saver, 'put').mockImplementation(async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      seen.push('kept')
      return await put(...args)
    })
    const { ports } = fakePorts(scriptedModel([calling(['k8s_get', { name: 'web' }]), saying('done')]))
    const callFacts: AgentPorts['callFacts'] = (...args) => {
      seen.push('gate')
      return ports.callFacts(...args)
    }
    const position = start()
    await createAgent(saver).run(position, { ...ports, callFacts }, new AbortController().signal)
    // Two nodes stand before the gate: each of their positions, and what the run began with, as its input and as its state.
    expect(seen.slice(0, 5)).toEqual(['kept', 'kept', 'kept', 'kept', 'gate'])
    expect(await saver.getTuple({ configurable: { thread_id: position.run_id } })).toBeUndefined()
  })
})

it('a run that has ended here goes no further, another one does', async () => {
  const agent = createAgent(new MemorySaver())
  const signal = new AbortController().signal
  const [ended, other] = [start(), start()]
  const load = calling(['load_toolset', { toolset: 'k8s', include_write_tools: true }])
  const waits = Promise.withResolvers<[]>()
  const catalogue = vi.fn(() => waits.promise)
  const slow = () => ({ ...fakePorts(scriptedModel([load, saying('late')])).ports, catalogue })
  const late = [agent.run(ended, slow(), signal), agent.run(other, slow(), signal)]
  await vi.waitFor(() => expect(catalogue).toHaveBeenCalledTimes(2))
  await agent.run(ended, fakePorts(scriptedModel([saying('first')])).ports, signal)
  waits.resolve([])
  const [first, second] = await Promise.allSettled(late)
  expect(first).toMatchObject({ reason: { message: `Run ${ended.run_id} is not under way here` } })
  expect(second).toMatchObject({ status: 'fulfilled', value: { done: true } })
})

it('ends an undo at the gate, without the model', async () => {
  const { ports, recorded, calls } = fakePorts(scriptedModel([saying('never')]), {
    open: async () => ({
      pending: ['u'],
      loaded_toolsets: { k8s: true },
      counters: undefined,
      stopped: false,
      without_model: true,
    }),
    ask: async () => 'done',
  })
  calls.set('u', { call_id: 'u', tool: 'k8s_scale', class: 'write', status: 'pending' })
  await run(ports)
  expect(recorded.turns).toEqual([])
  expect(recorded.closed).toEqual([{ error: null, stopped: false, awaiting: false }])
})

it('keeps its position under 1 KB, whatever was said', async () => {
  const saver = new MemorySaver()
  const sizes: number[] = []
  const put = saver.put.bind(saver)
  vi.spyOn(saver, 'put').mockImplementation(async (...args) => {
    sizes.push(JSON.stringify(args[1].channel_values).length)
    return await put(...args)
  })
  const turns = [
    ...Array.from({ length: 5 }, () => calling(['k8s_get', { name: 'x'.repeat(5000) }])),
    saying('y'.repeat(5000)),
  ]
  const { ports } = fakePorts(scriptedModel(turns))
  await createAgent(saver).run(start(), ports, new AbortController().signal)
  expect(sizes.length).toBeGreaterThan(5)
  expect(Math.max(...sizes)).toBeLessThan(1024)
})
