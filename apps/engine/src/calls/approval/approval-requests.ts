import { findTaint } from '@fairlead/agent/taint'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { ApprovalOfCall } from '../../approvals/read-approvals.ts'
import { ownerAlone, requestApproval } from '../../approvals/request-approval.ts'
import { wireEffect } from '../../approvals/wire-effect.ts'
import type { Db } from '../../db/database.ts'
import { type CallRow, readTurnCalls } from '../../event-log/record/calls.ts'
import { readEntries } from '../../event-log/record/read-entries.ts'
import type { Feed } from '../../feed/feed.ts'
import { callRef } from '../call-ref.ts'
import type { RunUser } from '../run-user.ts'
import type { EffectToApprove } from './preview-write.ts'

/** What a new request for approval shows beside the effect. */
export type RequestFrame = { taint: ReturnType<typeof findTaint>; expiresAt: Date | null }

export type NewApproval = EffectToApprove & RequestFrame & { revision: number }

export type ApprovalRequests = {
  /** What a request about this call would show now. */
  frameOf(call: CallRow): Promise<RequestFrame>
  insert(tx: Db, call: CallRow, approval: NewApproval): Promise<void>
  /** The event that asks for a new approval. */
  eventOfNew(call: CallRow, approval: Omit<NewApproval, 'seals'>): Promise<RunEventBody>
  /** The event that asks again for one that was requested before, with what has become of it since. */
  eventOfPending(call: CallRow, pending: PendingApproval): Promise<RunEventBody>
  /** Tells everybody who can decide the call that it waits. */
  publishPending(call: CallRow, pending: { revision: number; expires_at: string | null }): void
}

export type PendingApproval = Omit<EffectToApprove, 'seals'> & { existing: ApprovalOfCall }

type Ports = {
  db: Db
  publish: Feed['publish']
  now(): number
  /** Whose run asks, and for which message. */
  origin: { run_id: string; conversation_id: string; request: string; requester(): RunUser }
  settings: { approvalTtlHours: number; contextMessages: number }
}

export function createApprovalRequests({ db, publish, now, origin, settings }: Ports): ApprovalRequests {
  const { run_id, conversation_id, request, requester } = origin
  const { approvalTtlHours, contextMessages } = settings
  const eventOf = async (call: CallRow): Promise<EventHead> => ({
    type: 'tool.awaiting_approval',
    ...callRef(call),
    args: call.args,
    context: { conversation_id, approval_decisions: decisionsAmong(await readTurnCalls(db, call)) },
    args_digest: call.args_digest,
  })
  return {
    frameOf: async (call) => {
      const { entries, first } = await readEntries(db, conversation_id, contextMessages)
      return {
        // What first appeared in tool output is marked on the card.
        taint: findTaint(call.args, { entries, first, before: call.call_id }),
        expiresAt: approvalTtlHours === 0 ? null : new Date(now() + approvalTtlHours * 3_600_000),
      }
    },
    insert: async (tx, { call_id, tool }, { expiresAt, ...approval }) => {
      const who = { user: requester(), request }
      await requestApproval(tx, { call_id, conversation_id, run_id, ...who, tool, ...approval, expires_at: expiresAt })
    },
    eventOfNew: async (call, { effect, effect_digest, revision, taint, expiresAt }) => ({
      ...(await eventOf(call)),
      effect_digest,
      effect: wireEffect(effect),
      revision,
      expires_at: expiresAt?.toISOString() ?? null,
      required: ownerAlone,
      votes: [],
      policies: [],
      ...(taint.length > 0 && { taint }),
    }),
    eventOfPending: async (call, { effect, effect_digest, existing }) => {
      const { revision, expires_at, required, votes, policies, taint } = existing
      return {
        ...(await eventOf(call)),
        effect_digest,
        effect: wireEffect(effect),
        revision,
        expires_at,
        required,
        votes,
        policies,
        ...(taint !== undefined && taint.length > 0 && { taint }),
      }
    },
    publishPending: ({ call_id, tool, title }, { revision, expires_at }) => {
      const about = { call_id, conversation_id, tool, title, revision, expires_at }
      publish(requester().id, { type: 'approval.pending', ...about, given: 0, required: ownerAlone.approvers })
    },
  }
}

type Awaiting = Extract<RunEventBody, { type: 'tool.awaiting_approval' }>
type EventHead = Pick<Awaiting, 'type' | 'call_id' | 'tool' | 'title' | 'args' | 'context' | 'args_digest'>

function decisionsAmong(turn: readonly CallRow[]): Record<string, boolean> {
  return Object.fromEntries(
    turn.flatMap(({ call_id, class: kind, status, started_at }): [string, boolean][] => {
      if (kind !== 'write') return []
      if (status === 'denied' || status === 'expired') return [[call_id, false]]
      return status === 'approved' || started_at !== null ? [[call_id, true]] : []
    }),
  )
}
