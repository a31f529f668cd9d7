import { compareProgress } from './call-status.ts'
import { seenBefore } from './call-view.ts'
import type { AssistantMessageView, CallView, ConversationView, MessageView } from './conversation-view.ts'

/**
 * The newest page of the record over what was shown: the record is right, older pages that are shown stay in front,
 * and what only this page knows of a call is kept.
 */
export function mergeNewest(shown: ConversationView, read: ConversationView): ConversationView {
  const messages = read.messages.map((message, index) => known(shown, read, { message, index }))
  const [first] = messages
  const overlap = first === undefined ? -1 : shown.messages.findIndex(({ id }) => id === first.id)
  return {
    ...read,
    messages: overlap > 0 ? [...shown.messages.slice(0, overlap), ...messages] : messages,
    model: shown.model ?? read.model,
    title: read.title ?? shown.title,
    // The words of an active run are read again from its start.
    marks: { ...read.marks, applied: without(shown.marks.applied, read.run?.id) },
  }
}

/** A page of older messages in front of what is shown. */
export function withOlder(shown: ConversationView, older: readonly MessageView[]): ConversationView {
  const ids = new Set(shown.messages.map(({ id }) => id))
  return { ...shown, messages: [...older.filter(({ id }) => !ids.has(id)), ...shown.messages] }
}

/** The message under the id that it was first shown by, so that it is drawn on in place. */
function known(
  shown: ConversationView,
  read: ConversationView,
  { message, index }: { message: MessageView; index: number },
): MessageView {
  if (message.type === 'assistant') {
    const before = shown.messages.find((it) => it.type === 'assistant' && isSame(it, message))
    return before?.type === 'assistant' ? withKnownCalls(before, message) : message
  }
  const answer = read.messages[index + 1]
  if (answer?.type !== 'assistant') return message
  const at = shown.messages.findIndex((it) => it.type === 'assistant' && isSame(it, answer))
  const previous = shown.messages[at - 1]
  return previous?.type === 'user' && previous.content === message.content ? { ...message, id: previous.id } : message
}

function isSame(one: AssistantMessageView, other: AssistantMessageView): boolean {
  return one.id === other.id || one.runIds.some((id) => other.runIds.includes(id))
}

function withKnownCalls(before: AssistantMessageView, message: AssistantMessageView): AssistantMessageView {
  const calls = new Map(before.segments.flatMap((it) => (it.kind === 'tool' ? [[it.id, it.call] as const] : [])))
  const segments = message.segments.map((segment) => {
    const call = segment.kind === 'tool' ? calls.get(segment.id) : undefined
    return segment.kind === 'tool' && call !== undefined
      ? { ...segment, call: mergedCall(call, segment.call) }
      : segment
  })
  return { ...message, id: before.id, segments }
}

/** A read that was on its way when an event came may be behind it. */
function mergedCall(shown: CallView, read: CallView): CallView {
  if (compareProgress(shown, read) > 0) return shown
  const isSameRevision = (shown.revision ?? 1) === (read.revision ?? 1)
  return {
    ...read,
    annotations: read.annotations ?? shown.annotations,
    before: isSameRevision || shown.effect === undefined ? shown.before : seenBefore(shown),
    ...(isSameRevision && read.reason === undefined && shown.reason !== undefined && { reason: shown.reason }),
  }
}

function without(applied: Readonly<Record<string, string>>, runId: string | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(applied).filter(([id]) => id !== runId))
}
