'use client'

import { Ellipsis, Pencil, Trash2 } from 'lucide-react'
import { memo } from 'react'
import { cx } from '../../ui/cx.ts'
import { Spinner } from '../../ui/loading/spinner.tsx'
import { Menu } from '../../ui/overlay/menu.tsx'
import { PageLink } from '../../ui/page-link.tsx'
import type { HistoryEntry as Entry } from '../feed/history.ts'
import { titleOf } from './title-of.ts'
import { TypedTitle } from './typed-title.tsx'

type HistoryEntryProps = {
  entry: Entry
  isCurrent: boolean
  onRename: (entry: Entry) => void
  onDelete: (entry: Entry) => void
}

export const HistoryEntry = memo(function HistoryEntry({ entry, isCurrent, onRename, onDelete }: HistoryEntryProps) {
  const title = titleOf(entry.title)
  return (
    <li className="group relative">
      <PageLink
        href={`/chat/${entry.id}`}
        aria-current={isCurrent ? 'page' : undefined}
        title={title}
        className={cx(
          'flex h-8 items-center gap-2.5 rounded-md border px-2 text-sm touch:pr-8',
          'group-focus-within:pr-8 group-hover:pr-8 group-has-aria-expanded:pr-8',
          isCurrent ? 'border-line bg-surface text-ink' : 'border-transparent text-ink-2 hover:bg-ink/5 hover:text-ink',
        )}
      >
        <Marker marker={entry.marker} />
        <span className="min-w-0 flex-1 truncate">
          <TypedTitle text={title} />
        </span>
      </PageLink>
      <Menu
        side="bottom"
        trigger={
          <button
            type="button"
            aria-label={`Options for ${title}`}
            className="absolute top-1 right-1 inline-flex size-6 cursor-pointer items-center justify-center rounded-sm text-ink-3 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-ink/6 hover:text-ink aria-expanded:opacity-100 touch:opacity-100"
          >
            <Ellipsis aria-hidden="true" className="size-4" />
          </button>
        }
        items={[
          { label: 'Rename', icon: <Pencil aria-hidden="true" />, onSelect: () => onRename(entry) },
          { label: 'Delete', icon: <Trash2 aria-hidden="true" />, tone: 'danger', onSelect: () => onDelete(entry) },
        ]}
      />
    </li>
  )
})

function Marker({ marker }: { marker: Entry['marker'] }) {
  return (
    <span className="flex w-4 shrink-0 justify-center text-accent">
      {marker === 'running' && (
        <>
          <Spinner className="size-3 border-[1.5px]" />
          <span className="sr-only">Running: </span>
        </>
      )}
      {marker === 'waiting' && (
        <>
          <i aria-hidden="true" className="size-1.75 rounded-full bg-ask" />
          <span className="sr-only">Waits for approval: </span>
        </>
      )}
      {marker === undefined && <i aria-hidden="true" className="size-1.75 rounded-full bg-line-strong" />}
    </span>
  )
}
