'use client'

import { type KeyboardEvent, useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import { useStored } from '../../ui/browser/use-stored.ts'
import { cx } from '../../ui/cx.ts'
import { OutputArea } from './output-area.tsx'
import './terminal.css'
import type { TerminalProps } from './terminal-props.ts'
import { TerminalSearch } from './terminal-search.tsx'
import { TerminalTools } from './terminal-tools.tsx'

/** A viewer of output: text, colours, lines. Keys reach it while it has the focus, and nothing else on the page. */
export function Terminal(props: TerminalProps) {
  const { session, title, isLive, head, foot, isFullSize = false } = props
  useSyncExternalStore(session.subscribe, session.getVersion, session.getVersion)
  const [isWrapped, setWrapped] = useStored('terminal-wrap', false)
  const box = useRef<HTMLElement>(null)

  const rawReader = useRef(props.readRaw)
  useEffect(() => {
    rawReader.current = props.readRaw
  })
  const readRaw = useCallback(() => rawReader.current(), [])
  const closeSearch = useCallback(() => {
    session.openSearch(false)
    box.current?.focus({ preventScroll: true })
  }, [session])

  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'f') {
      event.preventDefault()
      event.stopPropagation()
      session.openSearch(true)
    } else if (event.key === 'End' && event.target === box.current) {
      event.preventDefault()
      session.follow()
    }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that bubble up from the controls inside
    <div
      onKeyDown={onKeyDown}
      className={cx(
        'terminal flex min-h-0 flex-col overflow-hidden bg-terminal text-terminal-ink',
        isFullSize ? 'h-full' : 'rounded-md border border-line-strong',
      )}
    >
      <TerminalTools
        session={session}
        title={title}
        fileName={props.fileName}
        isLive={isLive}
        isFullSize={isFullSize}
        onFullSize={props.onFullSize}
        readRaw={readRaw}
        isWrapped={isWrapped}
        onWrap={setWrapped}
        isSearching={session.isSearching}
        filter={session.layout.options.filter}
        hasStderr={session.buffer.hasStderr}
        selected={session.selected}
      />
      {session.isSearching && (
        <TerminalSearch
          session={session}
          query={session.query}
          isCaseSensitive={session.isCaseSensitive}
          hasFound={session.search.count > 0}
          onClose={closeSearch}
        />
      )}
      {head}
      <DroppedLines count={session.buffer.dropped} />
      <OutputArea {...{ session, box, title, isLive, isWrapped, isFullSize }} />
      {foot}
    </div>
  )
}

function DroppedLines({ count }: { count: number }) {
  if (count === 0) return null
  return (
    <p className="border-b border-(--gutter-line) px-3 py-1 text-xs text-(--quiet-ink)">
      {count.toLocaleString('en')} earlier {count === 1 ? 'line is' : 'lines are'} no longer here
    </p>
  )
}
