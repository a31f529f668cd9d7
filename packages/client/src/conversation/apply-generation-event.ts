import type { RunEvent } from '@fairlead/contract/events/run-event'
import { currentMessage, withCurrent, withSegments } from './change-messages.ts'
import type {
  AssistantMessageView,
  ConversationView,
  GenerationMark,
  SegmentView,
  ThinkingSegmentView,
} from './conversation-view.ts'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/** A generation begins; one of this run that was not completed is void, with its words. */
export function applyGenerationStart(view: ConversationView, event: Of<'generation.start'>): ConversationView {
  const { run_id, model } = event
  const open = view.marks.generation
  const isVoid = open?.isAnnounced === true && open.runId === run_id
  const cleared = isVoid ? withoutWords(view, open) : view
  const generation = newGeneration(run_id, currentMessage(cleared)?.segments ?? [], true)
  return { ...cleared, model: model ?? view.model, marks: { ...cleared.marks, generation } }
}

function newGeneration(runId: string, before: readonly SegmentView[], isAnnounced: boolean): GenerationMark {
  return { runId, before, isAnnounced, thinkingId: undefined, thinkingBefore: '', textId: undefined }
}

function withoutWords(view: ConversationView, { runId, before }: GenerationMark): ConversationView {
  const message = currentMessage(view)
  if (message === undefined || message.segments === before) return view
  const calls = message.segments.filter((segment) => segment.kind === 'tool')
  const kept = before.map((old) => calls.find(({ id }) => old.kind === 'tool' && id === old.id) ?? old)
  const since = calls.filter(({ id }) => !before.some((old) => old.kind === 'tool' && old.id === id))
  const segments = [...kept, ...since]
  const isNothing = segments.length === 0 && message.id === runId && message.usage === undefined
  if (isNothing) return { ...view, messages: view.messages.slice(0, -1) }
  return withCurrent(view, runId, (current) => withSegments(current, segments))
}

/** The generation under way; where the server does not tell of any, one begins with its first words. */
function generationOf(view: ConversationView, runId: string): GenerationMark {
  const open = view.marks.generation
  if (open?.runId === runId) return open
  return newGeneration(runId, currentMessage(view)?.segments ?? [], false)
}

/** Without a word on generations, a tool call ends the one under way. */
export function endUnannouncedGeneration(view: ConversationView): ConversationView {
  if (view.marks.generation?.isAnnounced !== false) return view
  return { ...view, marks: { ...view.marks, generation: undefined } }
}

export function applyThinking(view: ConversationView, { run_id, text }: Of<'thinking'>): ConversationView {
  return spoken(view, run_id, (message, generation) => {
    const own = message.segments.findIndex(({ kind, id }) => kind === 'thinking' && id === generation.thinkingId)
    const last = message.segments.at(-1)
    if (own >= 0) return thinkingChanged(message, { at: own, generation, change: (it) => continued(it, text) })
    if (last?.kind === 'thinking') return joinedThinking(message, { last, generation, text })
    const segment: ThinkingSegmentView = {
      kind: 'thinking',
      id: newId(message, run_id, 'thinking'),
      text,
      isComplete: false,
      durationMs: 0,
      completionCount: 0,
      timestamp: view.marks.serverTime,
    }
    const at = message.segments.findIndex(({ kind, id }) => kind === 'text' && id === generation.textId)
    const segments = message.segments.slice()
    segments.splice(at < 0 ? segments.length : at, 0, segment)
    return { message: { ...message, segments }, generation: { ...generation, thinkingId: segment.id } }
  })
}

function continued(segment: ThinkingSegmentView, text: string): ThinkingSegmentView {
  // Once it was complete a blank line stands between, unless text alone had closed it.
  const isNew = segment.isComplete && segment.completionCount > 0
  return { ...segment, text: isNew ? `${segment.text}\n\n${text}` : segment.text + text, isComplete: false }
}

/** Thinking right behind that of an earlier generation goes on in its segment. */
function joinedThinking(
  message: AssistantMessageView,
  of: { last: ThinkingSegmentView; generation: GenerationMark; text: string },
): Spoken {
  const { last, generation, text } = of
  const joined = { ...last, text: `${last.text}\n\n${text}`, isComplete: false }
  return {
    message: { ...message, segments: [...message.segments.slice(0, -1), joined] },
    generation: { ...generation, thinkingId: last.id, thinkingBefore: last.text },
  }
}

export function applyThinkingComplete(view: ConversationView, event: Of<'thinking.complete'>): ConversationView {
  const { run_id, content, duration_ms } = event
  return spoken(view, run_id, (message, generation) => {
    const open = message.segments.findLastIndex((it) => it.kind === 'thinking' && !it.isComplete)
    const own = message.segments.findIndex(({ kind, id }) => kind === 'thinking' && id === generation.thinkingId)
    const at = own >= 0 ? own : open
    const isBlank = typeof content === 'string' && content.trim() === ''
    if (at < 0) return { message, generation }
    if (isBlank && message.segments[at] !== undefined && generation.thinkingBefore === '') {
      return { message: { ...message, segments: message.segments.toSpliced(at, 1) }, generation }
    }
    return thinkingChanged(message, { at, generation, change: (it) => completed(it) })

    function completed(segment: ThinkingSegmentView): ThinkingSegmentView {
      const isFirst = segment.completionCount === 0 || generation.thinkingBefore !== ''
      const whole = [generation.thinkingBefore, content].filter((part) => part !== '').join('\n\n')
      return {
        ...segment,
        text: isFirst && typeof content === 'string' ? whole : segment.text,
        isComplete: true,
        durationMs: segment.durationMs + (duration_ms ?? 0),
        completionCount: segment.completionCount + 1,
      }
    }
  })
}

export function applyToken(view: ConversationView, { run_id, text }: Of<'token'>): ConversationView {
  return spoken(view, run_id, (message, generation) => {
    const closed = withThinkingClosed(message.segments)
    const at = closed.findIndex(({ kind, id }) => kind === 'text' && id === generation.textId)
    const last = closed.at(-1)
    const isSameText = at >= 0 || (!generation.isAnnounced && last?.kind === 'text')
    const index = at >= 0 ? at : closed.length - 1
    const found = closed[index]
    if (isSameText && found?.kind === 'text') {
      const segments = closed === message.segments ? closed.slice() : closed
      segments[index] = { ...found, text: found.text + text }
      return { message: { ...message, segments, content: message.content + text }, generation }
    }
    const id = newId(message, run_id, 'text')
    const segments: SegmentView[] = [...closed, { kind: 'text', id, text, timestamp: view.marks.serverTime }]
    return {
      message: { ...message, segments, content: message.content + text },
      generation: { ...generation, textId: id },
    }
  })
}

/** What was streamed is held against what the generation says it was. */
export function applyGenerationComplete(view: ConversationView, event: Of<'generation.complete'>): ConversationView {
  const { run_id, content } = event
  const open = view.marks.generation
  const isOpen = open?.runId === run_id
  const ended = { ...view, marks: { ...view.marks, generation: undefined } }
  const message = currentMessage(view)
  const streamed = message?.segments.find(({ kind, id }) => isOpen && kind === 'text' && id === open.textId)
  const isThinking = message?.segments.some((it) => it.kind === 'thinking' && !it.isComplete) ?? false
  const isSame =
    typeof content !== 'string' || content === '' || (streamed?.kind === 'text' && streamed.text === content)
  if (isSame && !isThinking) return ended
  return withCurrent(ended, run_id, (current) => {
    const closed = withThinkingClosed(current.segments)
    if (isSame) return { ...current, segments: closed }
    const id = streamed?.id ?? newId(current, run_id, 'text')
    const text: SegmentView = { kind: 'text', id, text: content, timestamp: view.marks.serverTime }
    const isThere = streamed !== undefined
    return withSegments(current, isThere ? closed.map((it) => (it.id === id ? text : it)) : [...closed, text])
  })
}

type Spoken = { message: AssistantMessageView; generation: GenerationMark }

function spoken(
  view: ConversationView,
  runId: string,
  change: (message: AssistantMessageView, generation: GenerationMark) => Spoken,
): ConversationView {
  let { generation } = view.marks
  const changed = withCurrent(view, runId, (message) => {
    const said = change(message, generationOf(view, runId))
    generation = said.generation
    return said.message
  })
  return { ...changed, marks: { ...changed.marks, generation } }
}

function thinkingChanged(
  message: AssistantMessageView,
  of: { at: number; generation: GenerationMark; change: (segment: ThinkingSegmentView) => ThinkingSegmentView },
): Spoken {
  const segments = message.segments.map((segment, index) =>
    index === of.at && segment.kind === 'thinking' ? of.change(segment) : segment,
  )
  const id = segments[of.at]?.id
  return { message: { ...message, segments }, generation: { ...of.generation, thinkingId: id } }
}

function withThinkingClosed(segments: SegmentView[]): SegmentView[] {
  const isOpen = segments.some((segment) => segment.kind === 'thinking' && !segment.isComplete)
  if (!isOpen) return segments
  return segments.map((it) => (it.kind === 'thinking' && !it.isComplete ? { ...it, isComplete: true } : it))
}

function newId({ segments }: AssistantMessageView, runId: string, kind: 'text' | 'thinking'): string {
  let number = segments.length
  while (segments.some(({ id }) => id === `${runId}:${kind}:${number}`)) number++
  return `${runId}:${kind}:${number}`
}
