import type { Segment, TimelineMessage, ToolExecution } from '@fairlead/contract/call/timeline'
import { isEnded, waitsForPerson } from './call-status.ts'
import { argsOf } from './call-view.ts'
import { textOf } from './change-messages.ts'
import type {
  AssistantMessageView,
  CallView,
  ConversationView,
  MessageView,
  RunView,
  SegmentView,
  ThinkingSegmentView,
} from './conversation-view.ts'
import { emptyView } from './empty-view.ts'

/** What `GET /conversations/:id` says; a server of the same wire may leave out all but the messages. */
export type ReadConversation = {
  messages: readonly TimelineMessage[] | null
  title?: string | null
  active_run_id?: string | null
  awaiting_approval?: boolean
}

/** The conversation as the record has it. An active run's words come again by event, from its start. */
export function viewOf(read: ReadConversation, { now }: { now: number }): ConversationView {
  const messages = fromTimeline(read.messages ?? [])
  const active = read.active_run_id ?? undefined
  const last = messages.at(-1)
  const isAnswered = last?.type === 'assistant'
  const shown = active !== undefined && isAnswered ? [...messages.slice(0, -1), streaming(last, active)] : messages
  return {
    ...emptyView(),
    messages: shown,
    run: active === undefined ? lastRun(last) : runOf(active, 'running', now),
    title: read.title || undefined,
    model: messages.findLast((message) => message.type === 'assistant')?.usage?.model,
  }
}

function streaming(message: AssistantMessageView, runId: string): AssistantMessageView {
  const runIds = message.runIds.includes(runId) ? message.runIds : [...message.runIds, runId]
  return { ...message, runIds, isStreaming: true, isStopped: false, error: undefined }
}

function lastRun(last: MessageView | undefined): RunView | undefined {
  const id = last?.type === 'assistant' ? last.runIds.at(-1) : undefined
  if (id === undefined || last?.type !== 'assistant') return undefined
  if (last.error !== undefined) return runOf(id, 'failed', last.timestamp)
  if (last.isStopped) return runOf(id, 'stopped', last.timestamp)
  const waits = last.segments.some((segment) => segment.kind === 'tool' && waitsForPerson(segment.call))
  return runOf(id, waits ? 'waiting' : 'completed', last.timestamp)
}

function runOf(id: string, state: RunView['state'], startedAt: number): RunView {
  return { id, state, lastEventId: undefined, startedAt, isAwaitingModel: state === 'running', ttftMs: undefined }
}

/** Messages of the record as they are drawn. */
export function fromTimeline(messages: readonly TimelineMessage[]): MessageView[] {
  return messages.map((message) => {
    if (message.type === 'user') {
      const { id, content, timestamp } = message
      return { id, type: 'user', content: content ?? '', timestamp }
    }
    const segments = segmentsOf(message)
    return {
      id: message.id,
      type: 'assistant',
      content: textOf(segments),
      timestamp: message.timestamp,
      segments,
      isStreaming: false,
      usage: message.token_usage,
      error: message.error,
      isStopped: message.stopped === true,
      runIds: message.run_ids ?? [],
    }
  })
}

function segmentsOf({
  id,
  content,
  segments,
  timestamp,
}: Extract<TimelineMessage, { type: 'assistant' }>): SegmentView[] {
  const isKept = Array.isArray(segments) && segments.length > 0
  if (!isKept) return content ? [{ kind: 'text', id: `${id}:text`, text: content, timestamp }] : []
  const shown: SegmentView[] = []
  for (const segment of segments) {
    const last = shown.at(-1)
    const next = segmentOf(segment)
    // Thinking right behind thinking is one block, as it was while it came.
    const isMore = next.kind === 'thinking' && last?.kind === 'thinking'
    if (isMore) shown[shown.length - 1] = joined(last, next)
    else shown.push(next)
  }
  return shown
}

function segmentOf(segment: Segment): SegmentView {
  if (segment.kind === 'tool') {
    return { kind: 'tool', id: segment.toolExecution?.call_id ?? segment.id, call: callOf(segment.toolExecution) }
  }
  const { id, text, timestamp } = segment
  if (segment.kind === 'text') return { kind: 'text', id, text: text ?? '', timestamp }
  const durationMs = segment.durationMs ?? 0
  return { kind: 'thinking', id, text: text ?? '', isComplete: true, durationMs, completionCount: 1, timestamp }
}

function joined(one: ThinkingSegmentView, next: ThinkingSegmentView): ThinkingSegmentView {
  return {
    ...one,
    text: `${one.text}\n\n${next.text}`,
    durationMs: one.durationMs + next.durationMs,
    completionCount: one.completionCount + next.completionCount,
  }
}

function callOf(call: ToolExecution): CallView {
  const requires_approval = call.requires_approval ?? call.class === 'write'
  const { result, started_at, ended_at, ...rest } = call
  // The words that stand for the result of a call that never ran are the model's; a person reads the status.
  const hasRun = call.status !== 'denied' && call.status !== 'expired' && call.status !== 'cancelled'
  // Asked again, it has not begun: what had begun was an earlier revision.
  const hasBegun = call.status === 'executing' || isEnded(call)
  return {
    ...rest,
    title: call.title || call.tool,
    args: argsOf(call.args, {}),
    requires_approval,
    class: call.class ?? (requires_approval ? 'write' : 'read'),
    ...(hasBegun && started_at !== undefined && { started_at }),
    ...(hasBegun && ended_at !== undefined && { ended_at }),
    ...(hasRun && Array.isArray(result) && { result }),
  }
}
