'use client'

import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Kbd } from '../../ui/kbd.tsx'
import { useHistory, useHistoryActions } from '../feed/history.ts'

const pauseMs = 400

type HistorySearchProps = {
  /** The field is to get the focus; `onFocus` is called when it has it. */
  wantsFocus: boolean
  onFocus: () => void
  /** What brings one here. */
  keys: string
}

export function HistorySearch({ wantsFocus, onFocus, keys }: HistorySearchProps) {
  const shown = useHistory((it) => it.search.query)
  const { search } = useHistoryActions()
  const [text, setText] = useState(shown)
  const field = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const query = text.trim()
    // One letter finds everything; nothing gives the list back at once.
    if (query.length === 1) return
    const timer = setTimeout(() => search(query), query === '' ? 0 : pauseMs)
    return () => clearTimeout(timer)
  }, [text, search])

  useEffect(() => {
    // The half of the sidebar that is hidden has its own field.
    if (!wantsFocus || field.current?.checkVisibility({ visibilityProperty: true }) !== true) return
    field.current.focus()
    onFocus()
  }, [wantsFocus, onFocus])

  const clear = () => {
    setText('')
    field.current?.focus()
  }
  return (
    <div className="relative">
      <Search aria-hidden="true" className="pointer-events-none absolute top-2 left-2 size-4 text-ink-3" />
      <input
        ref={field}
        type="search"
        aria-label="Search chats"
        placeholder="Search chats"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          event.stopPropagation()
          event.preventDefault()
          clear()
        }}
        className="h-8 w-full rounded-md border border-transparent bg-transparent pr-8 pl-8.5 text-sm text-ink placeholder:text-ink-3 hover:bg-ink/4 focus:border-line focus:bg-surface [&::-webkit-search-cancel-button]:hidden"
      />
      {text === '' ? (
        <span aria-hidden="true" className="pointer-events-none absolute top-1.5 right-2 touch:hidden">
          <Kbd>{keys}</Kbd>
        </span>
      ) : (
        <button
          type="button"
          aria-label="Clear search"
          onClick={clear}
          className="absolute top-1 right-1 inline-flex size-6 cursor-pointer items-center justify-center rounded-sm text-ink-3 hover:bg-ink/6 hover:text-ink"
        >
          <X aria-hidden="true" className="size-3.5" />
        </button>
      )}
    </div>
  )
}
