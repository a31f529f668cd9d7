import type { FeedNews } from '../feed/feed.ts'

type Who = {
  path: string
  email: string | undefined
  ownsConversation: (id: string) => boolean
}
/** `closes`: what was said before of that call no longer holds. */
export type ApprovalNews = { callId: string; closes?: true; needed?: string; decided?: { text: string; href: string } }

/**
 * News of approvals for a person: that one is needed, once for each revision, and that somebody else has decided their
 * own call. What is on their screen already is no news.
 */
export function createApprovalNews() {
  const announced = new Map<string, number>()
  const titles = new Map<string, string>()
  return (news: FeedNews, { path, email, ownsConversation }: Who): ApprovalNews | undefined => {
    if (news.type === 'approval.pending') {
      const { call_id: callId, revision, title, conversation_id } = news
      titles.set(callId, title)
      const isAnnounced = (announced.get(callId) ?? 0) >= revision
      announced.set(callId, Math.max(revision, announced.get(callId) ?? 0))
      if (isAnnounced) return undefined
      if (isOnScreen(path, conversation_id)) return { callId, closes: true }
      return {
        callId,
        closes: true,
        needed: revision > 1 ? `Changed, approval needed again: ${title}` : `Approval needed: ${title}`,
      }
    }
    if (news.type === 'approval.expired') return { callId: news.call_id, closes: true }
    if (news.type !== 'approval.decided') return undefined
    const { call_id: callId, status, decided_by: by, conversation_id } = news
    const isOthers = by !== null && by !== email && ownsConversation(conversation_id)
    if (!isOthers || path === `/chat/${conversation_id}`) return { callId, closes: true }
    const text = `${titles.get(callId) ?? 'A change'}: ${status} by ${by}`
    return { callId, closes: true, decided: { text, href: `/chat/${conversation_id}` } }
  }
}

function isOnScreen(path: string, conversationId: string): boolean {
  return path === `/chat/${conversationId}` || path === '/approvals' || path.startsWith('/approvals/')
}
