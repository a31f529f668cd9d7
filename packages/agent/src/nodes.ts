import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { wasStopped } from './abort.ts'
import type { CallFacts } from './call.ts'
import { factsBlock } from './cluster-facts.ts'
import { type Ruling, rulingOn } from './gate.ts'
import type { ModelMessage, ModelRequest } from './model.ts'
import { takeModelTurn } from './model-turn.ts'
import { NUDGE, nextSpeakerQuery, saysModel } from './next-speaker.ts'
import type { AgentPorts, CallEnd, Opening } from './ports.ts'
import type { Position } from './position.ts'
import { systemPrompt } from './prompts/system-prompt.ts'
import { proposeCalls } from './propose-calls.ts'
import { LOAD_TOOLSET, offeredTools, requestTools } from './toolsets.ts'
import { buildTranscript } from './transcript.ts'

/** A node: the position before, the ports, the run's signal; the position after. */
export type Node = (position: Position, ports: AgentPorts, signal: AbortSignal) => Promise<Position>

/** Milliseconds that the query about the next speaker may take. */
const NEXT_SPEAKER_LIMIT = 10_000

/** Takes the record's word for everything: a checkpoint that is missing, behind or unreadable costs nothing. */
export const runEntry: Node = async (position, ports) => openedPosition(position, await ports.open())

/** The position of a run that begins, or is taken over, as the record has it. */
export function openedPosition(position: Position, opening: Opening): Position {
  return {
    ...position,
    ...opening.counters,
    step: (opening.counters?.step ?? 0) + 1,
    pending_tools: opening.pending,
    loaded_toolsets: opening.loaded_toolsets,
    stopped: opening.stopped,
    without_model: opening.without_model,
    error: null,
    awaiting_approval: false,
    done: false,
  }
}

export const runModel: Node = async (position, ports, signal) => {
  const before: Position = { ...position, step: position.step + 1 }
  const [catalogue, requester, conversation, facts] = await Promise.all([
    ports.catalogue(),
    ports.requester(),
    ports.conversation(),
    ports.clusterFacts(),
  ])
  const { viewOnly } = requester
  const messages = buildTranscript(conversation.entries, {
    provider: ports.model.provider,
    maxMessages: ports.settings.contextMessages,
    maxTokens: ports.settings.contextTokens,
    first: conversation.first,
  })
  const nudge = position.nudged ? NUDGE : undefined
  if (nudge !== undefined) messages.push({ role: 'user', content: nudge })
  const offered = offeredTools(catalogue, { loaded: position.loaded_toolsets, viewOnly })
  const request: ModelRequest = {
    system: systemPrompt,
    systemTail: factsBlock(facts),
    messages,
    tools: requestTools(offered, { catalogue, viewOnly }),
  }
  const turn = await takeModelTurn(ports, request, {
    signal,
    firstTokenSince: position.ttft_emitted ? undefined : position.start_time,
  })
  if (turn.kind !== 'finished') {
    const after: Position = {
      ...before,
      nudged: false,
      ...(turn.kind === 'stopped' ? { stopped: true } : { error: turn.sentence }),
    }
    await ports.commitPartial(turn.spoken, after)
    return after
  }
  const { calls, loaded } = proposeCalls(turn.toolCalls, {
    catalogue,
    loaded: position.loaded_toolsets,
    viewOnly,
    execReadAllowList: ports.settings.execReadAllowList,
  })
  const answered: Position = {
    ...before,
    nudged: false,
    loaded_toolsets: loaded,
    has_answered: calls.length === 0,
    ttft_emitted: position.ttft_emitted || turn.ttft_ms !== undefined,
    called_tool: position.called_tool || calls.some(({ tool }) => tool !== LOAD_TOOLSET),
  }
  const mayGoOn = calls.length > 0 || mayAskWhoSpeaksNext(answered, ports, signal)
  const spoken: Position = { ...answered, done: !mayGoOn && !wasStopped(signal) }
  const pending = await ports.commitTurn(
    { ...turn, nudge, usage: turn.usage, ttft_ms: turn.ttft_ms, calls, loaded_toolsets: loaded },
    generationEnd(ports.model.id, turn),
    spoken,
  )
  // A turn of `load_toolset` alone has nothing for the gate; the model goes on with the new tools.
  const after: Position = { ...spoken, pending_tools: pending }
  if (calls.length > 0) return { ...after, speaks_again: pending.length === 0 }
  return {
    ...after,
    speaks_again: false,
    ...(mayGoOn && (await whoSpeaksNext(after, ports, [...messages, said(turn.content)], signal))),
  }
}

function said(content: string): ModelMessage {
  return { role: 'assistant', content }
}

function generationEnd(
  model: string,
  turn: Extract<Awaited<ReturnType<typeof takeModelTurn>>, { kind: 'finished' }>,
): RunEventBody[] {
  const { usage } = turn
  const events: RunEventBody[] = []
  if (usage !== undefined) {
    const { cost: _, ...tokens } = usage
    events.push({ type: 'token.usage', source: 'main', model, ...tokens })
  }
  if (turn.thinking !== '') {
    events.push({ type: 'thinking.complete', content: turn.thinking, duration_ms: turn.thinking_ms })
  }
  events.push({
    type: 'generation.complete',
    content: turn.content,
    tokens_generated: turn.tokens,
    tool_calls: turn.toolCalls.length,
    ...(turn.thinking !== '' && { thinking_content: turn.thinking }),
  })
  return events
}

function mayAskWhoSpeaksNext(position: Position, { settings }: AgentPorts, signal: AbortSignal): boolean {
  return (
    position.called_tool && !position.denied && position.auto_continues < settings.maxAutoContinues && !signal.aborted
  )
}

async function whoSpeaksNext(
  position: Position,
  ports: AgentPorts,
  messages: readonly ModelMessage[],
  signal: AbortSignal,
): Promise<Partial<Position>> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(NEXT_SPEAKER_LIMIT)])
  try {
    const { text, usage } = await ports.model.ask(nextSpeakerQuery(messages), { signal: limit })
    if (usage !== undefined) {
      const { cost: _, ...tokens } = usage
      ports.tell({ type: 'token.usage', source: 'turn_check', model: ports.model.id, ...tokens })
    }
    if (!saysModel(text)) return {}
    return { auto_continues: position.auto_continues + 1, nudged: true, speaks_again: true }
  } catch {
    // Nobody depends on the answer: without one, the word is the user's.
    return {}
  }
}

export const runGate: Node = async (position, ports, signal) => {
  let current: Position = { ...position, step: position.step + 1 }
  const turn = position.pending_tools
  for (const callId of turn) {
    if (wasStopped(signal)) return { ...current, stopped: true }
    const end = await passGate(callId, turn, { position: current, ports })
    if (end === 'waiting') return { ...current, awaiting_approval: true }
    if (end === 'stopped') return { ...current, stopped: true }
    if (typeof end === 'object') return { ...current, error: end.failed }
    current = {
      ...current,
      denied: current.denied || end === 'denied',
      called_tool: true,
      pending_tools: current.pending_tools.filter((pending) => pending !== callId),
    }
  }
  return current
}

async function passGate(
  callId: string,
  turn: readonly string[],
  { position, ports }: { position: Position; ports: AgentPorts },
): Promise<Exclude<CallEnd, 'again'>> {
  for (;;) {
    const facts = await ports.callFacts(turn, position)
    const call = facts.find((candidate) => candidate.call_id === callId)
    if (call === undefined) throw new Error(`Call ${callId} is not in the record`)
    const end = await applyRuling(rulingOn(call), call, { facts, position, ports })
    if (end !== 'again') return end
  }
}

async function applyRuling(
  ruling: Ruling,
  call: CallFacts,
  { facts, position, ports }: { facts: readonly CallFacts[]; position: Position; ports: AgentPorts },
): Promise<CallEnd> {
  switch (ruling.ruling) {
    case 'refuse':
      await ports.refuse(call, ruling.reason, position)
      return 'done'
    case 'run':
      return await ports.run(call, position)
    case 'recover':
      return await ports.recover(call, position)
    case 'ask':
      return await ports.ask(call, facts, position)
    case 'closed':
      return ruling.denied ? 'denied' : 'done'
  }
}

/**
 * Closes a run that its last turn has not closed. When a decision came in between, the gate must look again, and `done`
 * stays false.
 */
export const runFinal: Node = async (position, ports, signal) => {
  const stopped = position.stopped || wasStopped(signal)
  const current: Position = { ...position, stopped }
  if ((stopped || current.error !== null) && current.pending_tools.length > 0) {
    const why = stopped ? 'the run was stopped' : 'the run failed'
    await ports.cancelCalls(current.pending_tools, why, current)
  }
  const done = await ports.close(current)
  return { ...current, done, awaiting_approval: done && current.awaiting_approval }
}

export function stepLimitSentence(maxSteps: number): string {
  return `The run was stopped at its limit of ${maxSteps} steps (LLM_MAX_ITERATIONS).`
}
