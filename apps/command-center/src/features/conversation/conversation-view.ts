import type { Effect } from '@fairlead/contract/effect'
import type { MessageUsage, ToolExecution } from '@fairlead/contract/timeline'
import type { ToolAnnotations } from '@fairlead/contract/tool-meta'

/** What a person sees of a conversation: derived from the record and its events, by `fromTimeline` and `applyEvent` alone. */
export type ConversationView = {
  messages: MessageView[]
  /** The run that the last message belongs to, and how far its events are applied. */
  run: RunView | undefined
  title: string | undefined
  /** Model of the last `generation.start`. */
  model: string | undefined
  notice: Notice | undefined
}

export type RunView = {
  id: string
  /** `waiting`: it ended, and a call of it waits for a person. */
  state: 'starting' | 'running' | 'completed' | 'waiting' | 'stopped' | 'failed'
  /** Of the last applied event; an event that is not higher is dropped. */
  lastEventId: string | undefined
  /** Milliseconds since the epoch. */
  startedAt: number
}

/** The model is busy or the line broke; `until` in milliseconds since the epoch. */
export type Notice = { text: string; until: number; attempt: number; maxRetries: number | undefined }

export type MessageView = UserMessageView | AssistantMessageView

/** `timestamp` in milliseconds since the epoch. */
export type UserMessageView = { id: string; type: 'user'; content: string; timestamp: number }

export type AssistantMessageView = {
  id: string
  type: 'assistant'
  /** All text segments joined. */
  content: string
  timestamp: number
  segments: SegmentView[]
  /** Events of its run still come. */
  isStreaming: boolean
  usage: MessageUsage | undefined
  error: string | undefined
  isStopped: boolean
  runIds: string[]
}

export type TextSegmentView = { kind: 'text'; id: string; text: string; timestamp: number | undefined }
export type ThinkingSegmentView = {
  kind: 'thinking'
  id: string
  text: string
  isComplete: boolean
  durationMs: number
  completionCount: number
  timestamp: number | undefined
}
export type CallSegmentView = { kind: 'tool'; id: string; call: CallView }
export type SegmentView = TextSegmentView | ThinkingSegmentView | CallSegmentView

/** One tool call. A part that the server did not send is absent, never invented. */
export type CallView = Omit<ToolExecution, 'class' | 'args_digest'> & {
  class: ToolExecution['class']
  /** Absent where the server has none; then none is sent. */
  args_digest?: string
  annotations?: ToolAnnotations
  /** What was seen before the present revision, and why it no longer holds. */
  before?: SeenBefore
}

export type SeenBefore = {
  revision: number
  effect: Effect | undefined
  effectDigest: string | undefined
  votes: NonNullable<ToolExecution['votes']>
  /** The engine's reason of `tool.stale`; absent when the effect was replaced without one. */
  reason: string | undefined
  approvedBy: string | undefined
}
