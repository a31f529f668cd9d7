'use client'

import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react'
import { type KeyboardEvent, memo, useEffect, useRef, useSyncExternalStore } from 'react'
import type { TerminalSession } from './terminal-session.ts'
import { ToolButton } from './tool-button.tsx'

type TerminalSearchProps = {
  session: TerminalSession
  query: string
  isCaseSensitive: boolean
  hasFound: boolean
  onClose: () => void
}

export const TerminalSearch = memo(function TerminalSearch(props: TerminalSearchProps) {
  const { session, query, isCaseSensitive, hasFound, onClose } = props
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault()
      session.step(event.shiftKey ? -1 : 1)
    }
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    }
  }
  return (
    <search
      aria-label="Search in output"
      onKeyDown={onKeyDown}
      className="flex flex-wrap items-center gap-1 border-b border-(--gutter-line) px-2 py-1"
    >
      <input
        ref={field}
        type="text"
        aria-label="Search text"
        placeholder="Search in output"
        value={query}
        onChange={(event) => session.find({ query: event.target.value })}
        className="h-7 min-w-30 flex-1 rounded-sm border border-(--gutter-line) bg-transparent px-2 font-mono text-[12.2px] text-terminal-ink placeholder:text-(--quiet-ink)"
      />
      <FoundCount session={session} />
      <ToolButton
        label="Match case"
        aria-pressed={isCaseSensitive}
        onClick={() => session.find({ isCaseSensitive: !isCaseSensitive })}
      >
        <CaseSensitive aria-hidden="true" />
      </ToolButton>
      <ToolButton label="Previous match" disabled={!hasFound} onClick={() => session.step(-1)}>
        <ChevronUp aria-hidden="true" />
      </ToolButton>
      <ToolButton label="Next match" disabled={!hasFound} onClick={() => session.step(1)}>
        <ChevronDown aria-hidden="true" />
      </ToolButton>
      <ToolButton label="Close search" onClick={onClose}>
        <X aria-hidden="true" />
      </ToolButton>
    </search>
  )
})

function FoundCount({ session }: { session: TerminalSession }) {
  useSyncExternalStore(session.subscribe, session.getVersion, session.getVersion)
  const { search, query } = session
  return (
    <span role="status" className="min-w-22 px-1 text-right text-xs text-(--quiet-ink) tabular-nums">
      {query === '' ? '' : countText(search.count, session.indexOfCurrent(), search.isDone)}
    </span>
  )
}

function countText(count: number, at: number | undefined, isDone: boolean): string {
  if (count === 0) return isDone ? 'No match' : 'Searching…'
  const all = count.toLocaleString('en')
  return at === undefined ? `${all} found` : `${(at + 1).toLocaleString('en')} of ${all}`
}
