'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { useApprovals } from '../feed/approvals.ts'
import { freshItems, itemKey } from './fresh-items.ts'

/** Tells by the browser, on whichever page, of a call that begins to wait. */
export function BrowserNotices() {
  const items = useApprovals((it) => it.items)
  const state = useApprovals((it) => it.state)
  const path = usePathname()
  const router = useRouter()
  const known = useRef<ReadonlySet<string>>(undefined)
  useEffect(() => {
    if (state === 'loading') return
    const fresh = freshItems(items, known.current)
    known.current = new Set([...(known.current ?? []), ...items.map(itemKey)])
    for (const item of fresh) {
      const isOnScreen = path.startsWith('/approvals') || path === `/chat/${encodeURIComponent(item.conversation_id)}`
      if (isOnScreen && !document.hidden) continue
      const href = `/approvals/${encodeURIComponent(item.call_id)}`
      notify(item.title || item.tool, item.effect?.risk, itemKey(item), () => router.push(href))
    }
  }, [items, state, path, router])
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
