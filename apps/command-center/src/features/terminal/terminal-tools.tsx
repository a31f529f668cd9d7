'use client'

import { AudioLines, FileText, ListFilter, Maximize2, Minimize2, Search, WrapText } from 'lucide-react'
import { memo, useState, useSyncExternalStore } from 'react'
import { Menu } from '../../ui/overlay/menu.tsx'
import type { MenuItem } from '../../ui/overlay/menu-item.ts'
import type { StreamFilter } from '../terminal-text/line-layout.ts'
import { OutputMenus } from './output-menus.tsx'
import type { TerminalProps } from './terminal-props.ts'
import type { LineRange, TerminalSession } from './terminal-session.ts'
import { TextDialog } from './text-dialog.tsx'
import { ToolButton } from './tool-button.tsx'
import { useReadAloud } from './use-read-aloud.ts'

type TerminalToolsProps = Omit<TerminalProps, 'head' | 'foot'> & {
  isWrapped: boolean
  onWrap: (isWrapped: boolean) => void
  isSearching: boolean
  filter: StreamFilter
  hasStderr: boolean
  selected: LineRange | undefined
}

/** Drawn again when one of its own things changes, not with every line. */
export const TerminalTools = memo(function TerminalTools(props: TerminalToolsProps) {
  const { session, title, fileName, isLive, readRaw, isFullSize = false, onFullSize, isWrapped, onWrap } = props
  const { isSearching, filter, hasStderr, selected } = props
  const [isText, setText] = useState(false)
  const [isAloud, setAloud] = useState(false)
  useReadAloud(session, isAloud && isLive)
  return (
    <div className="flex flex-wrap items-center gap-x-0.5 border-b border-(--gutter-line) py-0.5 pr-1 pl-3">
      <span className="min-w-0 flex-1 basis-20 truncate max-sm:basis-full max-sm:pt-1 font-sans text-xs text-(--quiet-ink)">
        {isFullSize && <span className="mr-2 font-medium text-terminal-ink">{title}</span>}
        <LineCount session={session} />
        {filter !== 'all' && `, ${filter} only`}
      </span>
      <ToolButton label="Search in output" aria-expanded={isSearching} onClick={() => session.openSearch(!isSearching)}>
        <Search aria-hidden="true" />
      </ToolButton>
      <ToolButton label="Wrap lines" aria-pressed={isWrapped} onClick={() => onWrap(!isWrapped)}>
        <WrapText aria-hidden="true" />
      </ToolButton>
      {hasStderr && <StreamMenu session={session} filter={filter} />}
      {isLive && (
        <ToolButton label="Read new lines" role="switch" aria-checked={isAloud} onClick={() => setAloud(!isAloud)}>
          <AudioLines aria-hidden="true" />
        </ToolButton>
      )}
      <OutputMenus session={session} fileName={fileName} readRaw={readRaw} selected={selected} />
      <ToolButton label="Open as text" aria-haspopup="dialog" onClick={() => setText(true)}>
        <FileText aria-hidden="true" />
      </ToolButton>
      {onFullSize !== undefined && (
        <ToolButton label={isFullSize ? 'Back to the page' : 'Full size'} onClick={onFullSize}>
          {isFullSize ? <Minimize2 aria-hidden="true" /> : <Maximize2 aria-hidden="true" />}
        </ToolButton>
      )}
      <TextDialog session={session} title={title} isOpen={isText} onClose={() => setText(false)} />
    </div>
  )
})

function StreamMenu({ session, filter }: { session: TerminalSession; filter: StreamFilter }) {
  const item = (it: StreamFilter, label: string): MenuItem => ({
    label,
    onSelect: () => session.setFilter(it),
    isChosen: filter === it,
  })
  return (
    <Menu
      trigger={
        <ToolButton label="Choose stream">
          <ListFilter aria-hidden="true" />
        </ToolButton>
      }
      items={[item('all', 'All output'), item('stdout', 'stdout only'), item('stderr', 'stderr only')]}
    />
  )
}

function LineCount({ session }: { session: TerminalSession }) {
  useSyncExternalStore(session.subscribe, session.getVersion, session.getVersion)
  const count = session.lineCount
  return `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`
}
