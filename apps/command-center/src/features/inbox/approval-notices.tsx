'use client'

import { useStored } from '../../ui/browser/use-stored.ts'
import { useLoaded } from '../../ui/loading/use-loaded.ts'
import { noticesKey } from './notices-key.ts'

const loadNotices = () => import('./browser-notices.tsx').then((it) => it.BrowserNotices)

/** Notices of the browser, for whoever asked for them. */
export function ApprovalNotices() {
  const [isOn] = useStored(noticesKey, false)
  const BrowserNotices = useLoaded(loadNotices, isOn)
  return isOn && BrowserNotices !== undefined ? <BrowserNotices /> : null
}
