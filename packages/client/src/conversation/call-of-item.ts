import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import type { CallView, SeenBefore } from './conversation-view.ts'

/** A call as the inbox knows it: without its arguments, and without where a suspicious value came from. */
export function callOfItem(item: ApprovalItem, before?: SeenBefore): CallView {
  return {
    call_id: item.call_id,
    tool: item.tool,
    title: item.title,
    args: {},
    status: item.status,
    requires_approval: true,
    // The item does not tell when it was proposed, and nothing here needs it.
    timestamp: 0,
    class: 'write',
    args_digest: item.args_digest,
    revision: item.revision,
    expires_at: item.expires_at,
    required: item.required,
    votes: item.votes,
    policies: item.policies,
    ...(item.effect !== null && { effect: item.effect }),
    ...(item.effect_digest !== null && { effect_digest: item.effect_digest }),
    ...(item.taint !== undefined && { taint: item.taint.map(({ path }) => ({ path, source_call_id: '' })) }),
    ...(before !== undefined && { before }),
  }
}

/** What a person who has read `former` was shown, once `item` has another effect; undefined while it has the same. */
export function seenBefore(former: ApprovalItem, item: ApprovalItem): SeenBefore | undefined {
  const isSame = former.revision === item.revision && former.effect_digest === item.effect_digest
  if (isSame || former.effect === null) return undefined
  return {
    revision: former.revision,
    effect: former.effect,
    effectDigest: former.effect_digest ?? undefined,
    votes: former.votes,
    reason: undefined,
    approvedBy: undefined,
  }
}
