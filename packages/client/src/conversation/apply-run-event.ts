import type { RunEvent } from '@fairlead/contract/events/run-event'
import { isEnded, waitsForPerson } from './call-status.ts'
import { currentMessage, withCurrent, withSegments } from './change-messages.ts'
import type { AssistantMessageView, CallView, ConversationView, RunView, SegmentView } from './conversation-view.ts'

type Ready = Extract<RunEvent, { type: 'ready' }>

/** The run shown has ended: words that come after its end are not shown. */
export function isRunOver({ run }: ConversationView): boolean {
  return run !== undefined && run.state !== 'running' && run.state !== 'starting'
}

/**
 * A run begins: a new one, behind what was asked or on the message that holds the decided call; or one that the record
 * has shown a part of, whose words come again.
 */
export function applyReady(
  view: ConversationView,
  event: Ready,
  { now, userMessage }: { now: number; userMessage?: string },
): ConversationView {
  const { run_id, timestamp } = event
  const isAgain = currentMessage(view)?.runIds.includes(run_id) ?? false
  const begun: RunView = {
    id: run_id,
    state: 'running',
    lastEventId: view.marks.applied[run_id],
    startedAt: view.run?.id === run_id ? view.run.startedAt : now,
    isAwaitingModel: true,
    ttftMs: undefined,
  }
  const marks = { ...view.marks, generation: undefined, revisions: {}, recorded: {}, isUsageRecorded: false }
  const fresh: ConversationView = { ...view, run: begun, notice: undefined, marks }
  if (isAgain) return readAgain(fresh, event)
  if (userMessage !== undefined) {
    const message = {
      id: `${run_id}:question`,
      type: 'user',
      content: userMessage,
      timestamp: timestamp ?? now,
    } as const
    return { ...fresh, messages: [...fresh.messages, message] }
  }
  if (currentMessage(fresh) === undefined) return fresh
  return withCurrent(fresh, run_id, (message) => ({
    ...message,
    isStreaming: true,
    error: undefined,
    isStopped: false,
  }))
}

/** What the record had shown of the run's words is dropped, as they come again by event; its calls stay. */
function readAgain(view: ConversationView, { run_id, timestamp }: Ready): ConversationView {
  let recorded: Record<string, CallView> = {}
  let isUsageRecorded = false
  const messages = withCurrent(view, run_id, (message) => {
    const isWhole = message.runIds[0] === run_id
    const calls = message.segments.flatMap((segment) => (segment.kind === 'tool' ? [segment.call] : []))
    recorded = Object.fromEntries(calls.map((call) => [call.call_id, call]))
    isUsageRecorded = !isWhole
    const segments = message.segments.filter((segment) => segment.kind === 'tool' || !(isWhole || isSince(segment)))
    const kept = withSegments(message, segments)
    return {
      ...kept,
      isStreaming: true,
      error: undefined,
      isStopped: false,
      usage: isWhole ? undefined : message.usage,
    }
  }).messages
  return { ...view, messages, marks: { ...view.marks, recorded, isUsageRecorded } }

  function isSince({ timestamp: shownAt }: Exclude<SegmentView, { kind: 'tool' }>): boolean {
    return shownAt !== undefined && timestamp !== undefined && shownAt >= timestamp
  }
}

type End = { state: 'completed' | 'stopped' | 'failed'; error?: string; durationMs?: number }

/** The first terminal event wins; a later one only fills in what is missing. */
export function endRun(view: ConversationView, runId: string, end: End): ConversationView {
  const { run } = view
  if (run === undefined || run.id !== runId) return view
  const timed = withDuration(view, runId, end.durationMs)
  if (isRunOver(view)) return timed
  const needsMessage = end.state !== 'completed'
  const hasMessage = currentMessage(view) !== undefined
  const closed = needsMessage || hasMessage ? withCurrent(timed, runId, (message) => closedBy(message, end)) : timed
  const isWaiting = end.state === 'completed' && hasWaitingCall(closed)
  return {
    ...closed,
    notice: undefined,
    run: { ...run, state: isWaiting ? 'waiting' : end.state, isAwaitingModel: false },
    marks: { ...closed.marks, generation: undefined },
  }
}

function closedBy(message: AssistantMessageView, { state, error }: End): AssistantMessageView {
  const isThinking = message.segments.some((segment) => segment.kind === 'thinking' && !segment.isComplete)
  const segments = isThinking
    ? message.segments.map((it) => (it.kind === 'thinking' && !it.isComplete ? { ...it, isComplete: true } : it))
    : message.segments
  return {
    ...message,
    segments,
    isStreaming: false,
    error: state === 'failed' ? (error ?? 'The run failed.') : message.error,
    isStopped: state === 'stopped',
  }
}

export function hasWaitingCall(view: ConversationView): boolean {
  const segments = currentMessage(view)?.segments ?? []
  return segments.some((segment) => segment.kind === 'tool' && waitsForPerson(segment.call))
}

/** Calls of the current message that have not ended and wait for nobody: the record knows what became of them. */
export function hasLooseCall(view: ConversationView): boolean {
  const segments = currentMessage(view)?.segments ?? []
  return segments.some((segment) => segment.kind === 'tool' && !isEnded(segment.call))
}

function withDuration(view: ConversationView, runId: string, durationMs: number | undefined): ConversationView {
  const message = currentMessage(view)
  if (durationMs === undefined || message?.usage === undefined || view.marks.isUsageRecorded) return view
  return withCurrent(view, runId, (current) =>
    current.usage === undefined
      ? current
      : { ...current, usage: { ...current.usage, ttr_ms: (current.usage.ttr_ms ?? 0) + durationMs } },
  )
}
