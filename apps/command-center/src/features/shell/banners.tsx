'use client'

import { Banner } from '../../ui/banner.tsx'
import { useNow } from '../../ui/use-now.ts'
import { useFeedState } from '../feed/feed-provider.tsx'
import { useSession } from '../session/session-provider.tsx'
import { useSettings } from './settings.tsx'

/** A line that breaks for a moment is nobody's business. */
const graceMs = 5000

/** What is wrong with the whole page. */
export function Banners() {
  return (
    <div className="flex flex-col empty:hidden">
      <Unreachable />
      <Unencrypted />
    </div>
  )
}

/** Whether the engine has not answered for a while; what needs it is disabled then. */
export function useIsEngineAway(): boolean {
  const { state, lostSince } = useFeedState()
  const isCutOff = useSession((it) => it.state === 'unreachable')
  const now = useNow(1000)
  return isCutOff || (state === 'lost' && lostSince !== undefined && now - lostSince >= graceMs)
}

function Unreachable() {
  if (!useIsEngineAway()) return null
  return (
    <div className="px-3 pt-2 sm:px-5">
      <Banner tone="loss">The engine cannot be reached. What you see may be out of date; the page keeps trying.</Banner>
    </div>
  )
}

export function Unencrypted() {
  const { isPlainHttp } = useSettings()
  if (!isPlainHttp) return null
  return (
    <div className="px-3 pt-2 sm:px-5">
      <Banner tone="neutral">
        This connection is not encrypted: passwords and answers can be read on the way. Open the page over HTTPS.
      </Banner>
    </div>
  )
}
