'use client'

import { useParams } from 'next/navigation'
import { type ComponentProps, useCallback, useMemo, useRef, useState } from 'react'
import { useNow } from '../../ui/browser/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { useLoaded } from '../../ui/loading/use-loaded.ts'
import { type HistoryEntry as Entry, useHistory, useHistoryActions } from '../feed/history.ts'
import type { EntryChange, EntryDialog } from './entry-dialog.tsx'
import { groupByAge } from './group-by-age.ts'
import { HistoryEntry } from './history-entry.tsx'
import { useEndReached } from './use-end-reached.ts'

const placeholderWidths = ['w-4/5', 'w-3/5', 'w-11/12', 'w-2/3', 'w-3/4']

/** The conversations of the user, or what a search found among them. */
export function HistoryList() {
  const { entries, hasMore, state, error, search } = useHistory((it) => it)
  const { loadMore } = useHistoryActions()
  const currentId = useParams<{ id?: string }>().id
  const scroller = useRef<HTMLDivElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const [change, setChange] = useState<EntryChange>()

  const isSearching = search.query !== ''
  const listed = isSearching ? search.entries : entries
  const shownState = isSearching ? search.state : state
  const now = useNow(60_000)
  const groups = useMemo(() => groupByAge(listed, now), [listed, now])

  useEndReached(scroller, end, `${entries.length} ${state} ${isSearching}`, () => {
    if (!isSearching && hasMore && state === 'ready') void loadMore()
  })
  const onRename = useCallback((entry: Entry) => setChange({ kind: 'rename', entry }), [])
  const onDelete = useCallback((entry: Entry) => setChange({ kind: 'delete', entry }), [])

  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-3 pb-2">
      <nav aria-label="Chats" aria-busy={shownState === 'loading'}>
        {groups.map((group) => (
          <section key={group.label} aria-label={group.label}>
            <h2 className="px-2 pt-2.5 pb-1 text-xs font-medium text-ink-3">{group.label}</h2>
            <ul>
              {group.entries.map((it) => (
                <HistoryEntry
                  key={it.id}
                  entry={it}
                  isCurrent={it.id === currentId}
                  onRename={onRename}
                  onDelete={onDelete}
                />
              ))}
            </ul>
          </section>
        ))}
      </nav>
      {shownState === 'loading' && (listed.length === 0 ? <Placeholders /> : <Note text="Loading…" />)}
      {shownState === 'ready' && listed.length === 0 && (
        <Note text={isSearching ? 'No results found' : 'No chats yet'} />
      )}
      {shownState === 'failed' && (
        <div role="alert" className="flex flex-col items-start gap-1.5 p-2 text-sm text-ink-2">
          <p>
            {isSearching ? 'The search failed.' : 'The chats could not be read.'} {error}
          </p>
          {!isSearching && (
            <Button size="s" onClick={() => void loadMore()}>
              Try again
            </Button>
          )}
        </div>
      )}
      <div ref={end} className="h-px" />
      {change !== undefined && (
        <LoadedDialog change={change} isCurrent={change.entry.id === currentId} onClose={() => setChange(undefined)} />
      )}
    </div>
  )
}

const loadDialog = () => import('./entry-dialog.tsx').then((it) => it.EntryDialog)

function LoadedDialog(props: ComponentProps<typeof EntryDialog>) {
  const Dialog = useLoaded(loadDialog)
  return Dialog && <Dialog {...props} />
}

function Placeholders() {
  return (
    <div role="status" className="pt-2">
      <span className="sr-only">Reading the chats</span>
      {placeholderWidths.map((width) => (
        <div key={width} className="flex h-8 items-center gap-2.5 px-2">
          <Skeleton className="mx-1.25 size-1.75 rounded-full" />
          <Skeleton className={`h-3 ${width}`} />
        </div>
      ))}
    </div>
  )
}

function Note({ text }: { text: string }) {
  return (
    <p role="status" className="px-2 py-2.5 text-sm text-ink-3">
      {text}
    </p>
  )
}
