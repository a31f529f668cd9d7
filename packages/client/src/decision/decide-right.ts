import { may, type Person } from '@fairlead/contract/may'
import type { CallView } from '../conversation/conversation-view.ts'

/** Who looks at a call. */
export type Viewer = {
  email: string
  person: Person
  /** It was proposed in a conversation of theirs. */
  isOwner: boolean
}

export type DecideRight = {
  canApprove: boolean
  canDeny: boolean
  /** Why something of it is not possible, and who may; absent when all is, or when nothing waits. */
  why?: string
}

const nothing = { canApprove: false, canDeny: false }

/** What the viewer may do about a call as it stands. The engine decides; this only says what is worth offering. */
export function decideRight(call: CallView, viewer: Viewer): DecideRight {
  if (!isUndecided(call)) return nothing
  const why = whyNot(call, viewer)
  if (why !== undefined) return { ...nothing, why }
  if (call.required?.passkey === true) {
    return {
      canApprove: false,
      canDeny: true,
      why: 'Approving this call takes a passkey, and this installation cannot take one. It can be denied here.',
    }
  }
  return { canApprove: true, canDeny: true }
}

/** Waits for a person, or would as soon as its effect is known. */
export function isUndecided({ status, class: kind, requires_approval }: CallView): boolean {
  return status === 'awaiting_approval' || (status === 'pending' && (requires_approval || kind === 'write'))
}

function whyNot(call: CallView, { email, person, isOwner }: Viewer): string | undefined {
  const { required, votes = [], status, effect } = call
  if (status === 'pending' && !effect) return 'Its effect is not known yet; it is asked about once it is.'
  const asksOthers = required !== undefined && (required.not_requester || required.approvers > 1 || !!required.role)
  if (!isOwner && !(asksOthers && may(person, 'decide-others-calls'))) return 'Waits for the person who asked for it.'
  if (isOwner && required?.not_requester) return 'Waits for another approver: you asked for this change.'
  if (isOwner && !may(person, 'decide-own-calls')) return 'This account may only look.'
  if (required?.role === 'admin' && !may(person, 'administer')) return 'Waits for an administrator.'
  if (required?.role === 'approver' && !may(person, 'decide-others-calls')) return 'Waits for an approver.'
  if (votes.some(({ by }) => by === email)) {
    return `${votes.length} of ${required?.approvers ?? 1} approvals, yours is counted.`
  }
  return undefined
}
