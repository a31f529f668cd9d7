import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import type { Db } from '../db/database.ts'
import type { CallRow } from '../event-log/record/calls.ts'
import { type ApprovalOfCall, readApprovals } from './read-approvals.ts'
import { ownerAlone } from './request-approval.ts'

export type People = (
  db: Db,
  ids: readonly string[],
) => Promise<Map<string, { email: string; full_name: string | null }>>

/** A call with everything an item needs that stands beside its question. */
export type ItemSource = { call: CallRow; user_id: string; request: string }

/** What people who may decide see: the call and its effect, and nothing else of its conversation. */
export async function approvalItems(db: Db, sources: readonly ItemSource[], people: People): Promise<ApprovalItem[]> {
  const [approval, requesters] = [
    await readApprovals(
      db,
      sources.map(({ call }) => call),
    ),
    await people(
      db,
      sources.map(({ user_id }) => user_id),
    ),
  ]
  return sources.map((source) => itemOf(source, approval.get(source.call.call_id), requesters.get(source.user_id)))
}

function itemOf(
  { call, user_id, request }: ItemSource,
  approval: ApprovalOfCall | undefined,
  requester: { email: string; full_name: string | null } | undefined,
): ApprovalItem {
  return {
    call_id: call.call_id,
    conversation_id: call.conversation_id ?? '',
    requester: { id: user_id, email: requester?.email ?? '', name: requester?.full_name ?? '' },
    request,
    tool: call.tool,
    title: call.title,
    effect: approval?.effect ?? null,
    args_digest: call.args_digest,
    effect_digest: approval?.effect_digest ?? null,
    revision: call.revision,
    status: call.status,
    required: approval?.required ?? ownerAlone,
    votes: approval?.votes ?? [],
    policies: approval?.policies ?? [],
    ...(approval !== undefined && approval.taint.length > 0 && { taint: approval.taint.map(({ path }) => ({ path })) }),
    expires_at: approval?.expires_at ?? null,
    ...(approval !== undefined && { asked_at: approval.created_at.toISOString() }),
  }
}
