import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { CallFacts } from './call.ts'
import { aTool, aWriteTool } from './catalogue.fixture.ts'
import type { Model, ModelPart, ModelRequest } from './model.ts'
import type { AgentPorts, FinishedTurn } from './ports.ts'
import type { Position } from './position.ts'
import type { RecordedEntry } from './transcript.ts'

/** What the scripted model does in one turn; a function sees the request. */
export type ScriptedTurn = readonly ModelPart[] | ((request: ModelRequest) => readonly ModelPart[])

export const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, cached_tokens: null, cost: 0 }

/** A turn that says something and ends. */
export function saying(text: string): ModelPart[] {
  return [
    { type: 'text', text },
    { type: 'finished', toolCalls: [], usage, body: null },
  ]
}

/** A turn that calls tools. */
export function calling(...calls: readonly [name: string, args: Record<string, unknown>][]): ModelPart[] {
  const toolCalls = calls.map(([name, args], index) => ({ id: `id-${index}`, name, arguments: JSON.stringify(args) }))
  return [{ type: 'tool-call-started' }, { type: 'finished', toolCalls, usage, body: null }]
}

export function scriptedModel(turns: readonly ScriptedTurn[], answers: readonly string[] = []): Model {
  let turn = 0
  let answered = 0
  return {
    id: 'openai/test',
    provider: 'openai',
    async *stream(request, { signal }) {
      const script = turns[turn++] ?? saying('(nothing left to say)')
      for (const part of typeof script === 'function' ? script(request) : script) {
        if (signal.aborted) return
        yield part
        await sleep(0)
      }
    },
    ask: async () => {
      const text = answers[answered++]
      if (text === undefined) throw new Error('the model does not answer')
      return { text }
    },
  }
}

export type Recorded = {
  events: RunEventBody[]
  /** Names of the events, in order. */
  names(): string[]
  turns: FinishedTurn[]
  partials: string[]
  closed: { error: string | null; stopped: boolean; awaiting: boolean }[]
  cancelled: string[]
}

/** Ports over a little record in memory, and what was recorded through them. */
export function fakePorts(
  model: Model,
  overrides: Partial<AgentPorts> = {},
): { ports: AgentPorts; recorded: Recorded; calls: Map<string, CallFacts> } {
  const events: RunEventBody[] = []
  const recorded: Recorded = {
    events,
    names: () => events.map(({ type }) => type),
    turns: [],
    partials: [],
    closed: [],
    cancelled: [],
  }
  const calls = new Map<string, CallFacts>()
  const entries: RecordedEntry[] = [{ kind: 'user', content: 'hi' }]
  const end = (callId: string, status: CallFacts['status']) => {
    const call = calls.get(callId)
    if (call !== undefined) calls.set(callId, { ...call, status })
  }
  let now = 1000
  const ports: AgentPorts = {
    model,
    settings: {
      maxSteps: 25,
      maxAutoContinues: 0,
      contextMessages: 40,
      contextTokens: 100_000,
      execReadAllowList: true,
    },
    now: () => now++,
    sleep: async () => {},
    open: async () => ({
      pending: [],
      loaded_toolsets: { k8s: true },
      counters: undefined,
      stopped: false,
      without_model: false,
    }),
    requester: async () => ({ viewOnly: false }),
    conversation: async () => ({ entries, first: undefined }),
    catalogue: async () => [aTool(), aWriteTool()],
    clusterFacts: async () => undefined,
    tell: (event) => events.push(event),
    commitTurn: async (turn, committed, position) => {
      recorded.turns.push(turn)
      if (position.done) recorded.closed.push(closing(position))
      events.push(...committed)
      const ids = turn.calls.flatMap((call, index) => {
        if (call.answer !== undefined) return []
        const call_id = `${recorded.turns.length}-${index}`
        calls.set(call_id, { call_id, tool: call.tool, class: call.class, status: 'pending', fault: call.fault })
        return [call_id]
      })
      return ids
    },
    commitPartial: async ({ content }) => {
      recorded.partials.push(content)
    },
    callFacts: async (ids) => ids.flatMap((id) => calls.get(id) ?? []),
    refuse: async ({ call_id }) => end(call_id, 'error'),
    run: async ({ call_id }) => {
      end(call_id, 'completed')
      return 'done'
    },
    recover: async ({ call_id }) => {
      end(call_id, 'completed')
      return 'done'
    },
    ask: async ({ call_id }) => {
      end(call_id, 'awaiting_approval')
      return 'waiting'
    },
    cancelCalls: async (ids) => {
      recorded.cancelled.push(...ids)
    },
    close: async (position) => {
      recorded.closed.push(closing(position))
      return true
    },
    ...overrides,
  }
  return { ports, recorded, calls }
}

function closing({ error, stopped, awaiting_approval }: Position): Recorded['closed'][number] {
  return { error, stopped, awaiting: awaiting_approval }
}
