import type { RunEvent } from '@fairlead/contract/events/run-event'
import {
  applyApproved,
  applyAwaiting,
  applyDenied,
  applyError,
  applyExecuting,
  applyPending,
  applyResult,
  applyStale,
  applyVerified,
  applyVote,
} from './apply-call-event.ts'
import {
  applyGenerationComplete,
  applyGenerationStart,
  applyThinking,
  applyThinkingComplete,
  applyToken,
  endUnannouncedGeneration,
} from './apply-generation-event.ts'
import { applyReady, endRun, isRunOver } from './apply-run-event.ts'
import { applyTtft, applyUsage } from './apply-usage.ts'
import type { ConversationView, RunView } from './conversation-view.ts'

export type EventContext = {
  /** Of the stream; a server that numbers nothing sends none. */
  id: string | undefined
  /** Milliseconds since the epoch, by this machine's clock. */
  now: number
  /** What the run was asked, where it was asked from here: events do not repeat it. */
  userMessage?: string
}

/**
 * The conversation after one event of a run, live or replayed. Pure, and the only way in which events change what is
 * shown. An event whose id is not higher than the last applied one of its run changes nothing.
 */
export function applyEvent(view: ConversationView, event: RunEvent, context: EventContext): ConversationView {
  if (isApplied(view, event.run_id, context.id)) return view
  return change(remember(withRun(view, event, context), event, context), event, context)
}

export function isApplied({ marks }: ConversationView, runId: string, id: string | undefined): boolean {
  const last = marks.applied[runId]
  return id !== undefined && last !== undefined && Number(id) <= Number(last)
}

/** A run that is not the one shown begins with its first event, whatever that is; a title begins none. */
function withRun(view: ConversationView, event: RunEvent, { now }: EventContext): ConversationView {
  if (view.run?.id === event.run_id || event.type === 'ready' || event.type === 'conversation.title.generated') {
    return view
  }
  return { ...view, run: newRun(event.run_id, now), marks: { ...view.marks, revisions: {}, recorded: {} } }
}

function newRun(id: string, now: number): RunView {
  return { id, state: 'running', lastEventId: undefined, startedAt: now, isAwaitingModel: true, ttftMs: undefined }
}

function remember(view: ConversationView, event: RunEvent, { id }: EventContext): ConversationView {
  const time = 'timestamp' in event && typeof event.timestamp === 'number' ? event.timestamp : view.marks.serverTime
  if (id === undefined && time === view.marks.serverTime) return view
  const applied = id === undefined ? view.marks.applied : { ...view.marks.applied, [event.run_id]: id }
  const run = view.run?.id === event.run_id && id !== undefined ? { ...view.run, lastEventId: id } : view.run
  return { ...view, run, marks: { ...view.marks, applied, serverTime: time } }
}

function change(view: ConversationView, event: RunEvent, context: EventContext): ConversationView {
  switch (event.type) {
    case 'ready':
      return applyReady(view, event, context)
    case 'generation.start':
      return awaitingModel(withoutNotice(applyGenerationStart(view, event)), true)
    case 'thinking':
      return isRunOver(view) ? view : awaitingModel(withoutNotice(applyThinking(view, event)), false)
    case 'thinking.complete':
      return isRunOver(view) ? view : applyThinkingComplete(view, event)
    case 'token':
      return isRunOver(view) ? view : awaitingModel(withoutNotice(applyToken(view, event)), false)
    case 'generation.complete':
      return isRunOver(view) ? view : awaitingModel(applyGenerationComplete(view, event), false)
    case 'token.usage':
      return applyUsage(view, event)
    case 'ttft':
      return applyTtft(view, event)
    case 'rate_limit':
      return noticed(view, event, { text: 'The model is busy', now: context.now })
    case 'transient_error':
      return noticed(view, event, { text: event.error, now: context.now })
    case 'tools.pending':
      return awaitingModel(applyPending(endUnannouncedGeneration(view), event), false)
    case 'tool.awaiting_approval':
      return awaitingModel(applyAwaiting(endUnannouncedGeneration(view), event), false)
    case 'approval.vote':
      return applyVote(view, event)
    case 'tool.stale':
      return applyStale(view, event)
    case 'tool.approved':
      return applyApproved(view, event)
    case 'tool.denied':
      return awaitingModel(applyDenied(view, event), true)
    case 'tool.executing':
      return awaitingModel(applyExecuting(endUnannouncedGeneration(view), event), false)
    case 'tool.progress':
      // Live output is kept beside the view: it may be a hundred thousand lines.
      return view
    case 'tool.result':
      return awaitingModel(applyResult(endUnannouncedGeneration(view), event), true)
    case 'tool.error':
      return awaitingModel(applyError(endUnannouncedGeneration(view), event), true)
    case 'tool.verified':
      return applyVerified(view, event)
    case 'conversation.title.generated':
      return typeof event.title === 'string' ? { ...view, title: event.title } : view
    case 'workflow.error':
    case 'workflow_error':
    case 'error':
      return endRun(view, event.run_id, { state: 'failed', error: textOfFault(event.error) })
    case 'completed':
      return endRun(view, event.run_id, { state: endOf(event.status), durationMs: event.duration_ms })
    case 'workflow_complete':
      return endRun(view, event.run_id, { state: event.status === 'stopped' ? 'stopped' : 'completed' })
    default:
      return ignored(view, event)
  }
}

/** An event that this client does not know changes nothing; one that the contract has must have its case above. */
function ignored(view: ConversationView, _: never): ConversationView {
  return view
}

function endOf(status: 'completed' | 'stopped' | 'error' | undefined): 'completed' | 'stopped' | 'failed' {
  if (status === 'stopped') return 'stopped'
  return status === 'error' ? 'failed' : 'completed'
}

function textOfFault(error: unknown): string {
  return typeof error === 'string' && error !== '' ? error : 'The run failed without a reason.'
}

function awaitingModel(view: ConversationView, isAwaitingModel: boolean): ConversationView {
  const { run } = view
  if (run === undefined || run.isAwaitingModel === isAwaitingModel) return view
  return { ...view, run: { ...run, isAwaitingModel } }
}

function withoutNotice(view: ConversationView): ConversationView {
  return view.notice === undefined ? view : { ...view, notice: undefined }
}

function noticed(
  view: ConversationView,
  { retry_in, attempt, max_retries }: Extract<RunEvent, { type: 'rate_limit' | 'transient_error' }>,
  { text, now }: { text: string; now: number },
): ConversationView {
  return { ...view, notice: { text, until: now + retry_in * 1000, attempt, maxRetries: max_retries } }
}
