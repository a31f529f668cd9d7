import { describe, expect, it } from 'vitest'
import { createApprovalNews } from './approval-news.ts'

const timestamp = Date.UTC(2025, 4, 1)
const pending = (revision = 1) =>
  ({
    timestamp,
    type: 'approval.pending',
    call_id: 'c1',
    conversation_id: 'v1',
    revision,
    tool: 'k8s_scale',
    title: 'Scale web',
    given: 0,
    required: 1,
    expires_at: null,
  }) as const
const decided = (decided_by: string | null, status: 'approved' | 'denied' = 'denied') =>
  ({
    timestamp,
    type: 'approval.decided',
    call_id: 'c1',
    conversation_id: 'v1',
    revision: 1,
    status,
    decided_by,
  }) as const
const at = (path: string, owns = true) => ({ path, email: 'me@example.com', ownsConversation: () => owns })

describe('createApprovalNews', () => {
  it('tells of each revision once, however many votes come', () => {
    const read = createApprovalNews()
    expect(read(pending(), at('/'))?.needed).toBe('Approval needed: Scale web')
    expect(read(pending(), at('/'))).toBeUndefined()
    expect(read(pending(2), at('/'))?.needed).toBe('Changed, approval needed again: Scale web')
    expect(read(pending(1), at('/'))).toBeUndefined()
  })

  it.each(['/chat/v1', '/approvals', '/approvals/c9'])('does not tell what is on the screen at %s', (path) => {
    const read = createApprovalNews()
    expect(read(pending(), at(path))?.needed).toBeUndefined()
    expect(read(pending(), at('/'))).toBeUndefined()
  })

  it('tells the requester what somebody else decided', () => {
    const read = createApprovalNews()
    read(pending(), at('/'))
    expect(read(decided('ops@example.com'), at('/'))?.decided).toEqual({
      text: 'Scale web: denied by ops@example.com',
      href: '/chat/v1',
    })
    expect(read(decided('ops@example.com', 'approved'), at('/approvals'))?.decided?.text).toContain('approved by')
    for (const [news, where] of [
      [decided('me@example.com'), at('/')],
      [decided(null), at('/')],
      [decided('ops@example.com'), at('/', false)],
      [decided('ops@example.com'), at('/chat/v1')],
    ] as const)
      expect(read(news, where)).toEqual({ callId: 'c1', closes: true })
  })

  it('takes back what no longer waits', () => {
    const expired = { timestamp, type: 'approval.expired', call_id: 'c1', conversation_id: 'v1', revision: 1 } as const
    expect(createApprovalNews()(expired, at('/'))).toEqual({ callId: 'c1', closes: true })
    expect(createApprovalNews()({ type: 'gap' }, at('/'))).toBeUndefined()
  })
})
