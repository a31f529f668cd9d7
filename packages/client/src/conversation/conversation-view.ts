import type { MessageUsage, ToolExecution } from '@fairlead/contract/call/timeline'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { ToolAnnotations } from '@fairlead/contract/tool/tool-meta'

/** What a person sees of a conversation: derived from the record and its events, by `fromTimeline` and `applyEvent` alone. */
export type ConversationView = {
  messages: MessageView[]
  /** The run that the last message belongs to, and how far its events are applied. */
  run: RunView | undefined
  title: string | undefined
  /** Model of the last `generation.start`. */
  model: string | undefined
  notice: Notice | undefined
  /** What `applyEvent` remembers for itself; nothing of it is drawn. */
  marks: ViewMarks
}

export type ViewMarks = {
  /** Highest applied event id of each run. */
  applied: Readonly<Record<string, string>>
  generation: GenerationMark | undefined
  /** Revision that the followed run's events are about, by call. */
  revisions: Readonly<Record<string, number>>
  /** Calls as the record had them, while their run is read again from its start. */
  recorded: Readonly<Record<string, CallView>>
  /** The usage of the message is the record's, which has a part of the run already: what events say is not added. */
  isUsageRecorded: boolean
  /** Time of the last event that carried one: text pieces carry none. */
  serverTime: number | undefined
}

/** The generation under way. Its words stand in one thinking and one text segment, however they alternate. */
export type GenerationMark = {
  runId: string
  /** The message's segments as it began: what came since is void if it is begun again. */
  before: readonly SegmentView[]
  /** False where a server does not tell of generations: then nothing is ever void. */
  isAnnounced: boolean
  thinkingId: string | undefined
  /** What the thinking segment held of earlier generations. */
  thinkingBefore: string
  textId: string | undefined
}

export type RunView = {
  id: string
  /** `waiting`: it ended, and a call of it waits for a person. */
  state: 'starting' | 'running' | 'completed' | 'waiting' | 'stopped' | 'failed'
  /** Of the last applied event; an event that is not higher is dropped. */
  lastEventId: string | undefined
  /** Milliseconds since the epoch, by this machine's clock. */
  startedAt: number
  /** Nothing runs and no text arrives: the model's next event is awaited. */
  isAwaitingModel: boolean
  /** Usage of this run alone, before it is part of the record. */
  ttftMs: number | undefined
}

/** The model is busy or the line broke; `until` in milliseconds since the epoch. */
export type Notice = { text: string; until: number; attempt: number; maxRetries: number | undefined }

export type MessageView = UserMessageView | AssistantMessageView

/** `timestamp` in milliseconds since the epoch. */
export type UserMessageView = { id: string; type: 'user'; content: string; timestamp: number }

/** Sums as the record keeps them; `cost` only where the server tells it. */
export type UsageView = Partial<Pick<MessageUsage, 'cost'>> & Omit<MessageUsage, 'cost'>

export type AssistantMessageView = {
  id: string
  type: 'assistant'
  /** All text segments joined. */
  content: string
  timestamp: number
  segments: SegmentView[]
  /** Events of its run still come. */
  isStreaming: boolean
  usage: UsageView | undefined
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
