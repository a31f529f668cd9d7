import type { ClosedCall } from '../approvals/close-approvals.ts'
import type { Feed } from '../feed/feed.ts'

/** Tells everybody who could have decided these calls that nobody can any more. */
export function publishCancelled(feed: Pick<Feed, 'publish'>, userId: string, calls: readonly ClosedCall[]): void {
  for (const { call_id, conversation_id, revision } of calls.filter(({ hadApproval }) => hadApproval)) {
    const about = { call_id, conversation_id: conversation_id ?? '', revision }
    feed.publish(userId, { type: 'approval.decided', ...about, status: 'cancelled', decided_by: null })
  }
}
