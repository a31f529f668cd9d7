'use client'

import { expiryOf, SOON_MS } from '@fairlead/client/time/expiry'
import { useEffect, useState } from 'react'
import { useNow } from '../../ui/browser/use-now.ts'
import { cx } from '../../ui/cx.ts'

const SLOW_MS = 15_000
/** The longest a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** How long the question still stands; each second counts towards the end. */
export function ExpiryText({ expiresAt }: { expiresAt: string | null | undefined }) {
  const slow = useNow(SLOW_MS)
  const isNear = !!expiresAt && Date.parse(expiresAt) - slow <= SOON_MS + SLOW_MS
  const now = useNow(isNear ? 1_000 : SLOW_MS)
  const expiry = expiryOf(expiresAt, now)
  if (expiry === undefined) return null
  return (
    <span
      className={cx(
        'tabular-nums whitespace-nowrap',
        expiry.isSoon || expiry.isOver ? 'font-medium text-ask' : 'text-ink-3',
      )}
    >
      {expiry.text}
    </span>
  )
}

/** True from the moment on when nothing can be decided any more. */
export function useIsOver(expiresAt: string | null | undefined): boolean {
  const [over, setOver] = useState<string>()
  useEffect(() => {
    const end = expiresAt ? Date.parse(expiresAt) : Number.NaN
    if (Number.isNaN(end)) return
    const timer = setTimeout(() => setOver(expiresAt ?? undefined), Math.min(end - Date.now(), MAX_TIMER_MS))
    return () => clearTimeout(timer)
  }, [expiresAt])
  return over !== undefined && over === expiresAt
}
