import { waitsForPerson } from './call-status.ts'
import { currentMessage, placeOfCall } from './change-messages.ts'
import type { CallView, ConversationView, MessageView, UsageView, UserMessageView } from './conversation-view.ts'

/** The newest messages are looked at first. */
export function findMessage({ messages }: ConversationView, id: string): MessageView | undefined {
  return messages.findLast((message) => message.id === id)
}

export function lastUserMessage({ messages }: ConversationView): UserMessageView | undefined {
  return messages.findLast((message) => message.type === 'user')
}

export function findCall({ messages }: ConversationView, callId: string): CallView | undefined {
  return placeOfCall(messages, callId)?.segment.call
}

/** Every call of the conversation, oldest first, those of one turn in the model's order. */
export function callsOf({ messages }: ConversationView): CallView[] {
  return messages.flatMap((message) =>
    message.type === 'assistant' ? message.segments.flatMap((it) => (it.kind === 'tool' ? [it.call] : [])) : [],
  )
}

export function isRunActive({ run }: ConversationView): boolean {
  return run?.state === 'starting' || run?.state === 'running'
}

/** Calls of the newest message that a person has to decide; none once a message of theirs follows. */
export function waitingCalls(view: ConversationView): CallView[] {
  const segments = currentMessage(view)?.segments ?? []
  return segments.flatMap((it) => (it.kind === 'tool' && waitsForPerson(it.call) ? [it.call] : []))
}

export function hasWaitingCalls(view: ConversationView): boolean {
  const segments = currentMessage(view)?.segments ?? []
  return segments.some((segment) => segment.kind === 'tool' && waitsForPerson(segment.call))
}

/** After sending until something comes, and after a tool until the model goes on. */
export function showsWaitingDots({ view, sending }: { view: ConversationView; sending: string | undefined }): boolean {
  if (sending !== undefined) return true
  return isRunActive(view) && view.run?.isAwaitingModel === true && view.notice === undefined
}

export type UsageTotals = Omit<UsageView, 'model' | 'ttft_ms' | 'ttr_ms'> & {
  /** Of the newest message. */
  ttftMs: number | undefined
  ttrMs: number | undefined
  /** Time that the models spoke: of every message from its first words on. */
  generationMs: number
}

/** Sums over all assistant messages that are shown; undefined when there is none. */
export function usageTotals({ messages, run }: ConversationView, now: number): UsageTotals | undefined {
  const answers = messages.flatMap((message) => (message.type === 'assistant' ? [message] : []))
  const last = answers.at(-1)
  if (last === undefined) return undefined
  const running = run?.state === 'running' ? now - run.startedAt : 0
  const totals: UsageTotals = {
    prompt_tokens: 0,
    completion_tokens: 0,
    total_tokens: 0,
    cached_tokens: 0,
    ttftMs: last.usage?.ttft_ms ?? run?.ttftMs,
    ttrMs: undefined,
    generationMs: 0,
  }
  for (const { usage, isStreaming } of answers) {
    const ttr = (usage?.ttr_ms ?? 0) + (isStreaming ? running : 0)
    totals.prompt_tokens += usage?.prompt_tokens ?? 0
    totals.completion_tokens += usage?.completion_tokens ?? 0
    totals.total_tokens += usage?.total_tokens ?? 0
    totals.cached_tokens += usage?.cached_tokens ?? 0
    totals.generationMs += Math.max(0, ttr - (usage?.ttft_ms ?? 0))
    if (usage?.cost !== undefined) totals.cost = (totals.cost ?? 0) + usage.cost
    totals.ttrMs = ttr > 0 ? ttr : undefined
  }
  return totals
}
