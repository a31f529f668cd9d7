import type {
  AssistantMessageView,
  CallSegmentView,
  CallView,
  ConversationView,
  MessageView,
  SegmentView,
} from './conversation-view.ts'

/** The message that events build on: the last one, if it is an assistant's. */
export function currentMessage({ messages }: ConversationView): AssistantMessageView | undefined {
  const last = messages.at(-1)
  return last?.type === 'assistant' ? last : undefined
}

/** Changes the message that events build on; one begins where the last message is a person's. */
export function withCurrent(
  view: ConversationView,
  runId: string,
  change: (message: AssistantMessageView) => AssistantMessageView,
): ConversationView {
  const current = currentMessage(view)
  const message = current ?? newMessage(view, runId)
  const runIds = message.runIds.includes(runId) ? message.runIds : [...message.runIds, runId]
  const changed = change(runIds === message.runIds ? message : { ...message, runIds })
  const kept = current === undefined ? view.messages : view.messages.slice(0, -1)
  return { ...view, messages: [...kept, changed] }
}

function newMessage({ run, marks }: ConversationView, runId: string): AssistantMessageView {
  return {
    id: runId,
    type: 'assistant',
    content: '',
    timestamp: marks.serverTime ?? run?.startedAt ?? 0,
    segments: [],
    isStreaming: run?.state === 'starting' || run?.state === 'running',
    usage: undefined,
    error: undefined,
    isStopped: false,
    runIds: [],
  }
}

export function withSegments(message: AssistantMessageView, segments: SegmentView[]): AssistantMessageView {
  return { ...message, segments, content: textOf(segments) }
}

/** All text segments joined. */
export function textOf(segments: readonly SegmentView[]): string {
  return segments.map((segment) => (segment.kind === 'text' ? segment.text : '')).join('')
}

export function replaced<Item>(items: readonly Item[], index: number, item: Item): Item[] {
  const copy = items.slice()
  copy[index] = item
  return copy
}

type Place = { message: AssistantMessageView; messageIndex: number; segment: CallSegmentView; segmentIndex: number }

/** Where a call stands; the newest messages are looked at first. */
export function placeOfCall(messages: readonly MessageView[], callId: string): Place | undefined {
  for (let messageIndex = messages.length - 1; messageIndex >= 0; messageIndex--) {
    const message = messages[messageIndex]
    if (message?.type !== 'assistant') continue
    for (let segmentIndex = message.segments.length - 1; segmentIndex >= 0; segmentIndex--) {
      const segment = message.segments[segmentIndex]
      if (segment?.kind === 'tool' && segment.id === callId) return { message, messageIndex, segment, segmentIndex }
    }
  }
  return undefined
}

/** Changes a call wherever it stands; the view stays the same when there is none or nothing changes. */
export function withCall(
  view: ConversationView,
  callId: string,
  change: (call: CallView) => CallView,
): ConversationView {
  const place = placeOfCall(view.messages, callId)
  if (place === undefined) return view
  const { message, messageIndex, segment, segmentIndex } = place
  const call = change(segment.call)
  if (call === segment.call) return view
  const segments = replaced<SegmentView>(message.segments, segmentIndex, { ...segment, call })
  return { ...view, messages: replaced<MessageView>(view.messages, messageIndex, { ...message, segments }) }
}
