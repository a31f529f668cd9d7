'use client'

import { type ReactNode, useEffect, useState } from 'react'
import { cx } from '../../ui/cx.ts'
import { useFeedState } from '../feed/feed-provider.tsx'
import { useSession } from '../session/session-provider.tsx'
import { useSettings } from '../settings/settings.tsx'

/** A line that breaks for a moment is nobody's business. */
const graceMs = 5000

/** What is wrong with the whole page. */
export function Banners() {
  return (
    <>
      <Unreachable />
      <Unencrypted />
    </>
  )
}

/** Whether the engine has not answered for a while; what needs it is disabled then. */
export function useIsEngineAway(): boolean {
  const { lostSince } = useFeedState()
  const isCutOff = useSession((it) => it.state === 'unreachable')
  const [isLost, setLost] = useState(false)
  useEffect(() => {
    if (lostSince === undefined) return setLost(false)
    const timer = setTimeout(() => setLost(true), Math.max(0, lostSince + graceMs - Date.now()))
    return () => clearTimeout(timer)
  }, [lostSince])
  return isCutOff || isLost
}

function Unreachable() {
  if (!useIsEngineAway()) return null
  return (
    <Line role="alert" className="border-loss/30 bg-loss-soft">
      The engine cannot be reached. What you see may be out of date; the page keeps trying.
    </Line>
  )
}

export function Unencrypted() {
  const { isPlainHttp } = useSettings()
  if (!isPlainHttp) return null
  return (
    <Line role="note" className="border-line bg-sunken">
      This connection is not encrypted: passwords and answers can be read on the way. Open the page over HTTPS.
    </Line>
  )
}

/** Over the whole width: it is about everything below. */
function Line({ role, className, children }: { role: 'alert' | 'note'; className: string; children: ReactNode }) {
  return (
    <div role={role} className={cx('shrink-0 border-b px-3.5 py-1.5 text-sm text-ink sm:px-5', className)}>
      {children}
    </div>
  )
}
