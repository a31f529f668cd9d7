import type { CallStatus, Vote } from '@fairlead/contract/call/call'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { isForward } from './call-status.ts'
import { argsOf, newCall, seenBefore } from './call-view.ts'
import { currentMessage, placeOfCall, withCall, withCurrent } from './change-messages.ts'
import type { CallView, ConversationView, SeenBefore, SegmentView } from './conversation-view.ts'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/** The calls of a fresh turn, in the model's order, behind what was said before them. */
export function applyPending(view: ConversationView, event: Of<'tools.pending'>): ConversationView {
  const tools = Array.isArray(event.tools) ? event.tools : []
  return tools.reduce((before, tool) => {
    const place = placeOfCall(before.messages, tool.call_id)
    if (place === undefined) return added(before, event.run_id, newCall({ ...tool, status: 'pending' }))
    const merged = withCall(before, tool.call_id, (call) => ({
      ...call,
      ...(tool.annotations !== undefined && { annotations: tool.annotations }),
      args: argsOf(tool.args, call.args),
    }))
    return place.messageIndex === before.messages.length - 1 ? movedToEnd(merged, event.run_id, tool.call_id) : merged
  }, view)
}

function added(view: ConversationView, runId: string, call: CallView): ConversationView {
  const segment: SegmentView = { kind: 'tool', id: call.call_id, call }
  return withCurrent(view, runId, (message) => ({ ...message, segments: [...message.segments, segment] }))
}

/** Read again from its start, a run's words come before calls that the record has shown already. */
function movedToEnd(view: ConversationView, runId: string, callId: string): ConversationView {
  const last = currentMessage(view)?.segments.at(-1)
  if (last?.kind === 'tool' && last.id === callId) return view
  return withCurrent(view, runId, (message) => {
    const isCall = (segment: SegmentView) => segment.kind === 'tool' && segment.id === callId
    const rest = message.segments.filter((segment) => !isCall(segment))
    return { ...message, segments: [...rest, ...message.segments.filter(isCall)] }
  })
}

/** A person is asked, or asked again: a higher revision replaces what was shown before. */
export function applyAwaiting(view: ConversationView, event: Of<'tool.awaiting_approval'>): ConversationView {
  const revision = event.revision ?? 1
  const about = noted(known(view, event), event.call_id, revision)
  return withCall(about, event.call_id, (call) => {
    if (revision < (call.revision ?? 1)) return call
    const isAgain = revision > (call.revision ?? 1)
    const awaiting: CallView = {
      ...(isAgain ? withNextRevision(call) : call),
      args: argsOf(event.args, call.args),
      class: 'write',
      requires_approval: true,
      revision: event.revision ?? call.revision,
      ...given(event, ['args_digest', 'effect_digest', 'effect', 'expires_at', 'required', 'policies', 'taint']),
      votes: moreVotes(isAgain ? [] : call.votes, event.votes),
    }
    const isOpen = isAgain || isForward(call.status, 'awaiting_approval')
    return isOpen ? { ...awaiting, status: 'awaiting_approval' } : awaiting
  })
}

/** What belonged to the revision before is gone, and kept as what was seen. */
function withNextRevision(call: CallView): CallView {
  return {
    ...call,
    before: seenBefore(call),
    effect: undefined,
    decided_by: undefined,
    decided_at: undefined,
    reason: undefined,
    started_at: undefined,
    ended_at: undefined,
    outcome: undefined,
    objects: undefined,
    error: undefined,
    verdict: undefined,
  }
}

export function applyVote(view: ConversationView, event: Of<'approval.vote'>): ConversationView {
  if (isOfEarlierRevision(view, event.call_id)) return view
  const cast = { by: event.by, at: isoOf(event.timestamp) ?? '' }
  return withCall(view, event.call_id, (call) => ({ ...call, votes: moreVotes(call.votes, [cast]) }))
}

/** The approved effect no longer holds and nothing was written; the approval of the new revision follows. */
export function applyStale(view: ConversationView, event: Of<'tool.stale'>): ConversationView {
  const { call_id, reason, revision } = event
  const about = noted(known(view, event), call_id, (revision ?? 1) + 1)
  return withCall(about, call_id, (call) => {
    const shown = call.revision ?? 1
    if (shown <= revision) return { ...call, before: { ...seenBefore(call), revision, reason } }
    // The record was ahead of this event, and what came before it seemed to be about the revision of the record.
    const recorded = view.marks.recorded[call_id]
    const isAhead = recorded !== undefined && (recorded.revision ?? 1) === shown
    const before = withMoreSeen(call, { revision, reason })
    return isAhead ? { ...recorded, annotations: call.annotations, before } : { ...call, before }
  })
}

/** The record was ahead of an event: what that tells of an earlier revision joins what was seen of it. */
function withMoreSeen({ before }: CallView, seen: Pick<SeenBefore, 'revision'> & Partial<SeenBefore>): SeenBefore {
  if (before !== undefined && before.revision > seen.revision) return before
  const known: Omit<SeenBefore, 'revision'> =
    before?.revision === seen.revision
      ? before
      : { effect: undefined, effectDigest: undefined, votes: [], reason: undefined, approvedBy: undefined }
  return { ...known, ...seen }
}

export function applyApproved(view: ConversationView, event: Of<'tool.approved'>): ConversationView {
  const { call_id, revision, decided_by, effect_digest } = event
  const about = revision === undefined ? known(view, event) : noted(known(view, event), call_id, revision)
  return withCall(about, call_id, (call) => {
    if (revision !== undefined && revision < (call.revision ?? 1)) {
      return {
        ...call,
        before: withMoreSeen(call, { revision, ...(decided_by !== undefined && { approvedBy: decided_by }) }),
      }
    }
    const decided_at = call.decided_at ?? isoOf(event.timestamp)
    const isOther =
      effect_digest !== undefined && call.effect_digest !== undefined && effect_digest !== call.effect_digest
    const own = isOther ? { ...call, effect: undefined } : call
    const cast = decided_by === undefined ? [] : [{ by: decided_by, at: decided_at ?? '' }]
    const decided: CallView = {
      ...own,
      ...given(event, ['decided_by', 'effect_digest', 'revision']),
      decided_at,
      votes: moreVotes(call.votes, cast),
    }
    return isForward(call.status, 'approved') ? { ...decided, status: 'approved' } : decided
  })
}

export function applyDenied(view: ConversationView, event: Of<'tool.denied'>): ConversationView {
  return moved(view, event, denialOf(event), (call) => ({
    ...call,
    ...given(event, ['reason', 'decided_by', 'policies']),
    ...(event.decided_by !== undefined && { decided_at: call.decided_at ?? isoOf(event.timestamp) }),
    ended_at: call.ended_at ?? isoOf(event.timestamp),
  }))
}

/** Only what nobody decided was closed or ran out: a person may give any word as a reason. */
function denialOf({ reason, decided_by }: Of<'tool.denied'>): CallStatus {
  if (decided_by !== undefined || reason === undefined) return 'denied'
  if (reason === 'expired') return 'expired'
  return reason === 'superseded' || reason.startsWith('budget') ? 'cancelled' : 'denied'
}

export function applyExecuting(view: ConversationView, event: Of<'tool.executing'>): ConversationView {
  return moved(view, event, 'executing', (call) => ({
    ...call,
    args: argsOf(event.args, call.args),
    started_at: call.started_at ?? isoOf(event.timestamp),
  }))
}

export function applyResult(view: ConversationView, event: Of<'tool.result'>): ConversationView {
  return moved(view, event, 'completed', (call) => ({
    ...call,
    ...given(event, ['outcome', 'recovered', 'objects']),
    result: Array.isArray(event.result) ? event.result : [],
    ended_at: call.ended_at ?? isoOf(event.timestamp),
  }))
}

export function applyError(view: ConversationView, event: Of<'tool.error'>): ConversationView {
  return moved(view, event, event.outcome === 'unknown' ? 'unknown' : 'error', (call) => ({
    ...call,
    ...given(event, ['outcome', 'recovered', 'objects']),
    error: typeof event.error === 'string' ? event.error : '',
    ended_at: call.ended_at ?? isoOf(event.timestamp),
  }))
}

export function applyVerified(view: ConversationView, event: Of<'tool.verified'>): ConversationView {
  if (isOfEarlierRevision(view, event.call_id)) return view
  const { verdict, waited_ms, objects } = event
  return withCall(view, event.call_id, (call) => ({
    ...call,
    verdict: { verdict, waited_ms: waited_ms ?? 0, objects: Array.isArray(objects) ? objects : [] },
  }))
}

type Named = { run_id: string; call_id: string; tool?: string; title?: string; args?: unknown; timestamp?: number }

/** Moves a call forward; an event that comes too late, or is about an earlier revision, changes nothing. */
function moved(
  view: ConversationView,
  event: Named,
  status: CallStatus,
  change: (call: CallView) => CallView,
): ConversationView {
  if (isOfEarlierRevision(view, event.call_id)) return view
  return withCall(known(view, event), event.call_id, (call) =>
    isForward(call.status, status) ? { ...change(call), status } : call,
  )
}

/** A call that was not shown before is shown from its first event on. */
function known(view: ConversationView, event: Named): ConversationView {
  if (placeOfCall(view.messages, event.call_id) !== undefined) return view
  return added(view, event.run_id, newCall({ ...event, status: 'pending' }))
}

function noted(view: ConversationView, callId: string, revision: number): ConversationView {
  if (view.marks.revisions[callId] === revision) return view
  return { ...view, marks: { ...view.marks, revisions: { ...view.marks.revisions, [callId]: revision } } }
}

/** Events that name no revision are about the last one that the run has named. */
function isOfEarlierRevision({ messages, marks }: ConversationView, callId: string): boolean {
  const ofEvents = marks.revisions[callId]
  const shown = placeOfCall(messages, callId)?.segment.call.revision ?? 1
  return ofEvents !== undefined && ofEvents < shown
}

/** Votes only come in; one a person. */
function moreVotes(shown: readonly Vote[] | undefined, more: readonly Vote[] | undefined): Vote[] {
  const votes = [...(shown ?? [])]
  for (const vote of more ?? []) if (!votes.some(({ by }) => by === vote.by)) votes.push(vote)
  return votes
}

/** The parts of an event that it has: what is missing never overwrites what is known. */
function given<Event extends object, Name extends keyof Event>(event: Event, names: Name[]): Pick<Event, Name> {
  const there = names.filter((name) => event[name] !== undefined)
  return Object.fromEntries(there.map((name) => [name, event[name]])) as Pick<Event, Name>
}

function isoOf(timestamp: number | undefined): string | undefined {
  return typeof timestamp === 'number' ? new Date(timestamp).toISOString() : undefined
}
