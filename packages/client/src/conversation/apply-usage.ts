import type { RunEvent } from '@fairlead/contract/events/run-event'
import { currentMessage, withCurrent } from './change-messages.ts'
import type { ConversationView, UsageView } from './conversation-view.ts'

type Usage = Extract<RunEvent, { type: 'token.usage' }>
type Ttft = Extract<RunEvent, { type: 'ttft' }>

/** Adds to what earlier runs of the message have used; side questions to the model do not count. */
export function applyUsage(view: ConversationView, event: Usage): ConversationView {
  if (event.source !== 'main' || view.marks.isUsageRecorded) return view
  return withCurrent(view, event.run_id, (message) => ({
    ...message,
    usage: added(message.usage ?? nothingUsed(event, view.run?.ttftMs), event),
  }))
}

/** Of the message's first run alone. */
export function applyTtft(view: ConversationView, { run_id, duration }: Ttft): ConversationView {
  if (view.run?.id !== run_id) return view
  const message = currentMessage(view)
  const isFirst = message === undefined || message.runIds.length === 0 || message.runIds[0] === run_id
  return isFirst ? { ...view, run: { ...view.run, ttftMs: duration } } : view
}

function nothingUsed({ model }: Usage, ttftMs: number | undefined): UsageView {
  return {
    model,
    prompt_tokens: 0,
    completion_tokens: 0,
    total_tokens: 0,
    cached_tokens: 0,
    ttft_ms: ttftMs ?? null,
    ttr_ms: null,
  }
}

function added(usage: UsageView, event: Usage): UsageView {
  return {
    ...usage,
    model: event.model ?? usage.model,
    prompt_tokens: usage.prompt_tokens + (event.prompt_tokens ?? 0),
    completion_tokens: usage.completion_tokens + (event.completion_tokens ?? 0),
    total_tokens: usage.total_tokens + (event.total_tokens ?? 0),
    cached_tokens: usage.cached_tokens + (event.cached_tokens ?? 0),
  }
}
