'use client'

import { useRef } from 'react'
import type { TerminalSession } from './terminal-session.ts'

/** So many ticks can be distinguished. */
const TICKS = 240
const EVERY_MS = 200

/** Where matches stand, beside the scroll bar. */
export function FoundMarks({ session }: { session: TerminalSession; version: number }) {
  const drawn = useRef({ at: 0, count: -1, path: '' })
  const { search, layout } = session
  const { count } = search
  if (count === 0) return null
  const now = performance.now()
  if (drawn.current.count !== count && (now - drawn.current.at > EVERY_MS || search.isDone)) {
    const ticks = new Set<number>()
    const step = Math.max(1, Math.floor(count / 4_000))
    for (let index = 0; index < count; index += step) {
      const match = search.at(index)
      if (match !== undefined) ticks.add(Math.round((layout.placeOf(match.line) / Math.max(1, layout.places)) * TICKS))
    }
    drawn.current = { at: now, count, path: [...ticks].map((tick) => `M0 ${tick}h4v1.5h-4z`).join('') }
  }
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 4 ${TICKS + 2}`}
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-y-0 right-0 h-full w-1 text-(--mark-ink)"
    >
      <path d={drawn.current.path} fill="currentColor" />
    </svg>
  )
}
