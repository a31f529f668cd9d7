import type { CallStatus } from '@fairlead/contract/call/call'
import type { CallView } from './conversation-view.ts'

const rank: Record<CallStatus, number> = {
  pending: 0,
  awaiting_approval: 1,
  approved: 2,
  executing: 3,
  completed: 4,
  error: 4,
  denied: 4,
  cancelled: 4,
  expired: 4,
  unknown: 4,
}

/** Within a revision a status only moves forward; a last one stays. */
export function isForward(from: CallStatus, to: CallStatus): boolean {
  return rankOf(to) > rankOf(from)
}

/** A server may know a status that we do not: it is taken for a last one. */
function rankOf(status: CallStatus): number {
  return rank[status] ?? 4
}

export function isEnded({ status }: Pick<CallView, 'status'>): boolean {
  return rankOf(status) === 4
}

export function isUndecided({ status }: Pick<CallView, 'status'>): boolean {
  return status === 'pending' || status === 'awaiting_approval'
}

/** A person has to act before it goes on: now, or when the calls before it are done. */
export function waitsForPerson(call: Pick<CallView, 'status' | 'requires_approval'>): boolean {
  return call.status === 'awaiting_approval' || (call.status === 'pending' && call.requires_approval)
}

/** How far a call is: by revision, then by status. Positive when `one` is further than `other`. */
export function compareProgress(one: CallView, other: CallView): number {
  return (one.revision ?? 1) - (other.revision ?? 1) || rankOf(one.status) - rankOf(other.status)
}
