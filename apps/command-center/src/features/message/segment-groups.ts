import type {
  CallView,
  SegmentView,
  TextSegmentView,
  ThinkingSegmentView,
} from '@fairlead/client/conversation/conversation-view'

/** What of a message is drawn as one: reads that follow each other are one log. */
export type SegmentGroup =
  | { kind: 'text'; id: string; segment: TextSegmentView }
  | { kind: 'thinking'; id: string; segment: ThinkingSegmentView }
  | { kind: 'log'; id: string; calls: CallView[] }
  | { kind: 'card'; id: string; call: CallView }

export function segmentGroups(segments: readonly SegmentView[]): SegmentGroup[] {
  const groups: SegmentGroup[] = []
  for (const segment of segments) {
    if (segment.kind === 'text') {
      if (segment.text.trim() !== '') groups.push({ kind: 'text', id: segment.id, segment })
    } else if (segment.kind === 'thinking') {
      if (segment.text.trim() !== '' || !segment.isComplete) groups.push({ kind: 'thinking', id: segment.id, segment })
    } else if (isWrite(segment.call)) {
      groups.push({ kind: 'card', id: segment.id, call: segment.call })
    } else {
      const last = groups.at(-1)
      if (last?.kind === 'log') last.calls.push(segment.call)
      else groups.push({ kind: 'log', id: segment.id, calls: [segment.call] })
    }
  }
  return groups
}

export function isWrite({ class: kind, requires_approval }: Pick<CallView, 'class' | 'requires_approval'>): boolean {
  return kind === 'write' || requires_approval
}
