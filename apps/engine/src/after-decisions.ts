import type { Decided } from './approvals/decide.ts'
import type { Expired } from './approvals/expire-approvals.ts'
import { publishCancelled } from './calls/publish-cancelled.ts'
import type { Feed } from './feed/feed.ts'
import type { AuthenticatedUser } from './http/authenticated-user.ts'
import type { Runs } from './runs/runs.ts'

/** Tells the approvers that these approvals have expired, or that their calls cannot start any more. */
export function publishExpired(feed: Feed): (expired: Expired) => void {
  return ({ userId, approvals, cancelled }) => {
    for (const { call_id, conversation_id, revision } of approvals) {
      if (conversation_id === null) continue
      feed.publish(userId, { type: 'approval.expired', call_id, conversation_id, revision })
    }
    publishCancelled(feed, userId, cancelled)
  }
}

type Decider = AuthenticatedUser & { address: string }

/** What follows a decision, wherever it was taken: the clients of its owner learn of it, and the run goes on. */
export function afterDecisions({ feed, runs }: { feed: Feed; runs: Runs }) {
  const publish = ({ call, owner_id, status }: Decided, { email }: Decider) => {
    const about = { call_id: call.call_id, conversation_id: call.conversation_id ?? '', revision: call.revision }
    feed.publish(owner_id, { type: 'approval.decided', ...about, status, decided_by: email })
  }
  return {
    publish,
    publishAndWake: async (decided: readonly Decided[], decider: Decider) => {
      for (const one of decided) publish(one, decider)
      const conversations = new Set(decided.flatMap(({ call }) => call.conversation_id ?? []))
      for (const conversationId of conversations) await runs.wake({ conversationId, user: decider })
    },
  }
}
