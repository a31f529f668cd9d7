'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { toast } from '../../ui/toast.ts'
import { useStored } from '../../ui/use-stored.ts'
import { useApprovals } from '../feed/approvals.ts'
import { useUser } from '../session/session-provider.tsx'
import { freshItems, itemKey } from './fresh-items.ts'
import { noticesKey } from './notices-key.ts'
import { settledText } from './settled-text.ts'

/** Tells, on whichever page, of a call that begins to wait, and of one's own that somebody else decided. */
export function ApprovalNotices() {
  const items = useApprovals((it) => it.items)
  const settled = useApprovals((it) => it.settled)
  const state = useApprovals((it) => it.state)
  const email = useUser()?.email
  const path = usePathname()
  const router = useRouter()
  const [isOn] = useStored(noticesKey, false)
  const known = useRef<ReadonlySet<string>>(undefined)
  const told = useRef(new Set<string>())

  useEffect(() => {
    if (state === 'loading') return
    const fresh = freshItems(items, known.current)
    known.current = new Set([...(known.current ?? []), ...items.map(itemKey)])
    for (const item of fresh) {
      const name = item.title || item.tool
      const href = `/approvals/${encodeURIComponent(item.call_id)}`
      const isOnScreen = path.startsWith('/approvals') || path === `/chat/${encodeURIComponent(item.conversation_id)}`
      if (!isOnScreen) {
        toast({ tone: 'warning', text: `Approval needed: ${name}`, action: { label: 'Open the call', href } })
      }
      if (isOn && (!isOnScreen || document.hidden))
        notify(name, item.effect?.risk, itemKey(item), () => router.push(href))
    }
  }, [items, state, path, isOn, router])

  useEffect(() => {
    for (const [callId, end] of Object.entries(settled)) {
      const isOthers = end.by !== undefined && end.by !== email && end.item.requester.email === email
      if (!isOthers || told.current.has(callId)) continue
      told.current.add(callId)
      toast({ tone: 'info', text: `${end.item.title || end.item.tool}: ${settledText(end)}` })
    }
  }, [settled, email])
  return null
}

/** Title and risk, no arguments; the same call in another tab is the same notice. It decides nothing. */
function notify(name: string, risk: string | undefined, tag: string, open: () => void): void {
  if (typeof Notification !== 'function' || Notification.permission !== 'granted') return
  const notice = new Notification(`Approval needed: ${name}`, { body: risk === undefined ? '' : `Risk: ${risk}`, tag })
  notice.onclick = () => {
    window.focus()
    open()
    notice.close()
  }
}
