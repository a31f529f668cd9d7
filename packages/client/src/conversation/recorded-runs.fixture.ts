import { readFileSync } from 'node:fs'
import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { applyEvent } from './apply-event.ts'
import type { CallView, ConversationView, SegmentView } from './conversation-view.ts'

export type ReadAt = {
  id: string
  title: string | null
  active_run_id: string | null
  awaiting_approval: boolean
  messages: TimelineMessage[] | null
}
export type RecordedRun = { userMessage?: string; events: RunEvent[]; ids: number[]; snapshots: ReadAt[] }
export type RecordedScenario = { name: string; conversationId: string; runs: RecordedRun[]; last: ReadAt }

/** Runs of a real engine, recorded by `tests/wire/record-runs.ts`. */
export const recordedRuns = JSON.parse(
  readFileSync(new URL('./recorded-runs.generated.json', import.meta.url), 'utf8'),
) as RecordedScenario[]

export function recordedRun(name: string): RecordedScenario {
  const found = recordedRuns.find((scenario) => scenario.name === name)
  if (found === undefined) throw new Error(`${name} was not recorded`)
  return found
}

/** A run's events from one index to another, as a stream brings them. */
export function played(
  view: ConversationView,
  { events, ids, userMessage }: RecordedRun,
  { from = 0, to = events.length, isOwn = true } = {},
): ConversationView {
  return events.slice(from, to).reduce((before, event, index) => {
    const context = { id: String(ids[from + index]), now: 1_000_000, ...(isOwn && { userMessage }) }
    return applyEvent(before, event, context)
  }, view)
}

/** What a person reads, without what cannot be the same: keys, and times that two clocks took. */
export function essenceOf({ messages, marks }: ConversationView, { hasUsage = !marks.isUsageRecorded } = {}): unknown {
  return messages.map((message) => {
    if (message.type === 'user') return { user: message.content }
    const { content, segments, error, isStopped, usage, runIds, isStreaming } = message
    const tokens = hasUsage &&
      usage && [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens, usage.cached_tokens]
    return {
      content,
      segments: segments.map((segment) => segmentEssence(segment, { isWhole: !isStopped && error === undefined })),
      error,
      isStopped,
      tokens,
      runIds,
      isStreaming,
    }
  })
}

function segmentEssence(segment: SegmentView, { isWhole }: { isWhole: boolean }): unknown {
  if (segment.kind === 'text') return { text: segment.text }
  if (segment.kind === 'thinking') {
    const { text, isComplete, durationMs, completionCount } = segment
    // How long a thought took that was broken off, only the record tells.
    return { thinking: text, isComplete, ...(isWhole && { durationMs, completionCount }) }
  }
  return callEssence(segment.call)
}

/** An effect that no event told of is read by itself; a call that was only closed is told of by the record alone. */
function callEssence(call: CallView): unknown {
  const { timestamp: _, annotations: __, before: ___, decided_at, started_at, ended_at, ...rest } = call
  const {
    progress: ____,
    reason,
    votes,
    taint,
    effect,
    effect_digest,
    required,
    policies,
    expires_at,
    ...compared
  } = rest
  return {
    ...compared,
    revision: compared.revision ?? 1,
    votes: votes?.map(({ by }) => by) ?? [],
    reason: compared.status === 'denied' ? reason : undefined,
    ran: started_at !== undefined,
    effect: effect?.summary,
  }
}
