import type { MessageUsage, Segment, TimelineMessage } from '@fairlead/contract/call/timeline'
import type { CallRow } from './calls.ts'
import type { messages, runText, segments } from './message.table.ts'
import type { ShownApproval } from './shown-approval.ts'
import { toolExecutionOf } from './tool-execution.ts'
import type { turns } from './turn.table.ts'

export type ShownRun = {
  id: string
  cause: { kind: 'chat' | 'decision' | 'undo' }
  started_at: Date
  ended_at: Date | null
  end_status: string | null
  error: string | null
}

export type MessageRow = Omit<typeof messages.$inferSelect, 'conversation_id'>
export type TurnRow = Pick<typeof turns.$inferSelect, 'message_id' | 'run_id' | 'model' | 'usage' | 'cost' | 'ttft_ms'>

/** The rows that a stretch of a conversation is derived from, each list in its own order, oldest first. */
export type TimelineRows = {
  /** Users' and assistants' messages alone. */
  messages: readonly MessageRow[]
  /** When the message behind the stretch was made; undefined when the stretch is the newest. */
  endsAt: Date | undefined
  segments: readonly (typeof segments.$inferSelect)[]
  turns: readonly TurnRow[]
  calls: readonly CallRow[]
  approvals: ReadonlyMap<string, ShownApproval>
  /** Runs that may belong to the stretch, by their start. */
  runs: readonly ShownRun[]
  /** Words of generations under way. */
  flushed: readonly (typeof runText.$inferSelect)[]
}

/** What clients are shown of a conversation. */
export function timelineOf(rows: TimelineRows): TimelineMessage[] {
  const runsOf = assignRuns(rows)
  const calls = new Map(rows.calls.map((call) => [call.call_id, call]))
  return rows.messages.flatMap((message): TimelineMessage[] => {
    const runs = runsOf.get(message.id) ?? []
    const own = rows.segments.filter(({ message_id }) => message_id === message.id)
    const turns = rows.turns.filter(({ message_id }) => message_id === message.id)
    const parts = [
      ...own.flatMap((row) => segmentOf(row, calls, rows.approvals)),
      ...runs.flatMap((run) => runningSegments(run, rows.flushed)),
    ]
    if (message.role === 'assistant') return [assistantMessage(message, { parts, turns, runs })]
    const userMessage: TimelineMessage = {
      id: message.id,
      type: 'user',
      content: message.content,
      timestamp: message.created_at.getTime(),
    }
    const [answering] = runs
    const last = runs.at(-1)
    const hasAnswer = parts.length > 0 || last?.end_status === 'error' || last?.end_status === 'stopped'
    if (answering === undefined || !hasAnswer) return [userMessage]
    // The assistant message is made with its first segment; what is there before it must be seen too.
    return [
      userMessage,
      assistantMessage({ id: answering.id, created_at: answering.started_at }, { parts, turns, runs }),
    ]
  })
}

/**
 * The runs of each message, oldest first: where a run's own rows are; else, for a decision or an undo, the assistant
 * message that was the last one when it began.
 */
function assignRuns({ messages, endsAt, segments, turns, runs }: TimelineRows): Map<string, ShownRun[]> {
  const known = new Map<unknown, string>()
  // In this order: a chat's run belongs to the question until there is an answer.
  for (const { id, message_metadata } of messages) known.set(message_metadata?.run_id, id)
  for (const { run_id, message_id } of [...segments, ...turns]) known.set(run_id, message_id)
  const assigned = new Map<string, ShownRun[]>()
  for (const run of runs) {
    const id = known.get(run.id) ?? (run.cause.kind === 'chat' ? undefined : lastAssistant(run))
    if (id !== undefined) assigned.set(id, [...(assigned.get(id) ?? []), run])
  }
  return assigned

  function lastAssistant({ started_at }: ShownRun): string | undefined {
    if (endsAt !== undefined && started_at >= endsAt) return undefined
    const last = messages.findLast(({ created_at }) => created_at <= started_at)
    return last?.role === 'assistant' ? last.id : undefined
  }
}

/** How far the clocks of database and engines may be apart. */
export const CLOCKS_DIFFER_MS = 60_000

function assistantMessage(
  { id, created_at }: Pick<MessageRow, 'id' | 'created_at'>,
  { parts, turns, runs }: { parts: Segment[]; turns: readonly TurnRow[]; runs: readonly ShownRun[] },
): TimelineMessage {
  const usage = usageOf(turns, runs)
  const last = runs.at(-1)
  return {
    id,
    type: 'assistant',
    content: parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
    timestamp: parts[0]?.timestamp ?? created_at.getTime(),
    segments: parts,
    ...(usage !== undefined && { token_usage: usage }),
    ...(last?.end_status === 'error' && { error: last.error ?? '' }),
    ...(last?.end_status === 'stopped' && { stopped: true }),
    run_ids: runs.map((run) => run.id),
  }
}

function segmentOf(
  { id, kind, text, call_id, duration_ms, created_at }: TimelineRows['segments'][number],
  calls: ReadonlyMap<string, CallRow>,
  approvals: TimelineRows['approvals'],
): Segment[] {
  const timestamp = created_at.getTime()
  if (kind === 'text') return [{ kind, id, text: text ?? '', timestamp }]
  if (kind === 'thinking') {
    return [{ kind, id, text: text ?? '', isComplete: true, durationMs: duration_ms ?? 0, timestamp }]
  }
  const call = calls.get(call_id ?? '')
  if (call === undefined) throw new Error(`Call ${call_id} of a segment is not in the record`)
  return [{ kind, id: call.call_id, toolExecution: toolExecutionOf(call, approvals.get(call.call_id)), timestamp }]
}

/** What a generation under way has shown so far: a reload never shows less than the stream did. */
function runningSegments({ id, started_at }: ShownRun, flushed: TimelineRows['flushed']): Segment[] {
  const own = flushed.filter(({ run_id }) => run_id === id)
  const said = (kind: 'text' | 'thinking') => own.map((row) => (row.kind === kind ? row.text : '')).join('')
  const timestamp = started_at.getTime()
  const [thinking, text] = [said('thinking'), said('text')]
  const parts: Segment[] = []
  if (thinking.trim() !== '') {
    parts.push({ kind: 'thinking', id: `${id}:thinking`, text: thinking, isComplete: true, durationMs: 0, timestamp })
  }
  if (text !== '') parts.push({ kind: 'text', id: `${id}:text`, text, timestamp })
  return parts
}

function usageOf(turns: readonly TurnRow[], runs: readonly ShownRun[]): MessageUsage | undefined {
  const last = turns.at(-1)
  if (last === undefined) return undefined
  const sum = (of: (turn: TurnRow) => number | null | undefined) =>
    turns.reduce((total, turn) => total + (of(turn) ?? 0), 0)
  const durations = runs.flatMap(({ started_at, ended_at }) =>
    ended_at === null ? [] : [ended_at.getTime() - started_at.getTime()],
  )
  const firstRun = turns[0]?.run_id
  return {
    model: last.model,
    prompt_tokens: sum(({ usage }) => usage?.prompt_tokens),
    completion_tokens: sum(({ usage }) => usage?.completion_tokens),
    total_tokens: sum(({ usage }) => usage?.total_tokens),
    cached_tokens: sum(({ usage }) => usage?.cached_tokens),
    cost: sum(({ cost }) => cost),
    ttft_ms: turns.find(({ run_id, ttft_ms }) => run_id === firstRun && ttft_ms !== null)?.ttft_ms ?? null,
    ttr_ms: durations.length === 0 ? null : durations.reduce((total, duration) => total + duration, 0),
  }
}
