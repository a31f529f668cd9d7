'use client'

import { usePathname } from 'next/navigation'
import { useRef, useState } from 'react'
import { announce } from '../../ui/toast/announce.ts'
import { toast } from '../../ui/toast/toast.ts'
import { useFeedEvents } from '../feed/feed-provider.tsx'
import { useHistory } from '../feed/history.ts'
import { useMay, useUser } from '../session/session-provider.tsx'
import { createApprovalNews } from './approval-news.ts'

/** Tells of approvals, wherever in the page one is. */
export function ApprovalToasts() {
  const path = usePathname()
  const email = useUser()?.email
  const entries = useHistory((it) => it.entries)
  const seesApprovals = useMay('see-approvals')
  const [readNews] = useState(createApprovalNews)
  const open = useRef(new Map<string, () => void>())

  useFeedEvents((event) => {
    const ownsConversation = (id: string) => entries.some((it) => it.id === id)
    const news = readNews(event, { path, email, ownsConversation })
    if (news === undefined) return
    const { callId, closes, needed, decided } = news
    if (closes) open.current.get(callId)?.()
    if (decided !== undefined)
      toast({ tone: 'info', text: decided.text, action: { label: 'Open chat', href: decided.href } })
    if (needed === undefined || !seesApprovals) return
    const action = { label: 'Open', href: `/approvals/${encodeURIComponent(callId)}` }
    open.current.set(callId, toast({ tone: 'warning', text: needed, action, isSticky: true }))
    announce(needed, 'assertive')
  })
  return null
}
