'use client'

import { useSyncExternalStore } from 'react'
import { type Announcement, announcements, type Urgency } from './announce.ts'

const silence: Announcement = { id: 0, text: '' }

/** Placed once; must be in the page before the first text is said. */
export function LiveRegion() {
  return (
    <>
      <Region urgency="polite" />
      <Region urgency="assertive" />
    </>
  )
}

function Region({ urgency }: { urgency: Urgency }) {
  const signal = announcements[urgency]
  const { id, text } = useSyncExternalStore(signal.subscribe, signal.get, () => silence)
  return (
    <div aria-live={urgency} aria-atomic="true" className="sr-only">
      <p key={id}>{text}</p>
    </div>
  )
}
