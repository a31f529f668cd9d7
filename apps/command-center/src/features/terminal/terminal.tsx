'use client'

import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useStored } from '../../ui/browser/use-stored.ts'
import { cx } from '../../ui/cx.ts'
import { selectedLines, selectionText } from './selection-text.ts'
import './terminal.css'
import { FoundMarks } from './found-marks.tsx'
import { TerminalRows } from './terminal-rows.tsx'
import { TerminalSearch } from './terminal-search.tsx'
import type { TerminalSession } from './terminal-session.ts'
import { TerminalTools } from './terminal-tools.tsx'
import { GUTTER_SPACE, PADDING, useTerminalView } from './use-terminal-view.ts'

export type TerminalProps = {
  session: TerminalSession
  /** Of the call: the region is "Output of" it. */
  title: string
  fileName: string
  /** More may come. */
  isLive: boolean
  /** All that was written, as it was sent. */
  readRaw: () => Promise<readonly string[]>
  /** Above the text, as the notice of progress is. */
  head?: ReactNode
  /** Below the text. */
  foot?: ReactNode
  isFullSize?: boolean
  onFullSize?: () => void
}

/** A viewer of output: text, colours, lines. Keys reach it while it has the focus, and nothing else on the page. */
export function Terminal(props: TerminalProps) {
  const { session, title, isLive, head, foot, isFullSize = false } = props
  const [isWrapped, setWrapped] = useStored('terminal-wrap', false)
  const box = useRef<HTMLElement>(null)
  const view = useTerminalView(session, box, isWrapped)
  const pinned = usePinnedLines(box)

  const rawReader = useRef(props.readRaw)
  useEffect(() => {
    rawReader.current = props.readRaw
  })
  const readRaw = useCallback(() => rawReader.current(), [])
  const closeSearch = useCallback(() => {
    session.openSearch(false)
    box.current?.focus({ preventScroll: true })
  }, [session])
  const [isPressed, setPressed] = useState(false)

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
  const onCopy = (event: React.ClipboardEvent) => {
    const text = selectionText(session, document.getSelection())
    if (text === undefined) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', text)
  }
  const onPointerDown = (event: React.PointerEvent) => {
    const number =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-line]:not([data-from])') : null
    const name = number?.dataset.line
    if (event.button !== 0) return
    // From here on a selection may grow: what is drawn must stay what it is.
    setPressed(true)
    if (name === undefined) return
    event.preventDefault()
    box.current?.focus({ preventScroll: true })
    session.select(Number(name), event.shiftKey)
  }
  const { dropped } = session.buffer
  const gutterWidth = `calc(${view.numberWidth}ch + ${GUTTER_SPACE}px)`
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
      {dropped > 0 && (
        <p className="border-b border-(--gutter-line) px-3 py-1 text-xs text-(--quiet-ink)">
          {dropped.toLocaleString('en')} earlier {dropped === 1 ? 'line is' : 'lines are'} no longer here
        </p>
      )}
      <div className="relative flex min-h-0 flex-1 flex-col">
        <section
          ref={box}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
          tabIndex={0}
          aria-label={`Output of ${title}`}
          aria-live="off"
          onScroll={view.onScroll}
          onCopy={onCopy}
          onPointerDown={onPointerDown}
          onPointerUp={() => setPressed(false)}
          onPointerCancel={() => setPressed(false)}
          style={isFullSize ? undefined : { height: Math.min(view.total, 320) }}
          className={cx(
            'overflow-auto overscroll-contain contain-content font-mono text-[12.2px] outline-offset-[-2px] [overflow-anchor:none]',
            isFullSize && 'min-h-0 flex-1',
          )}
        >
          <div
            style={{ height: view.total, minWidth: isWrapped ? undefined : widthOf(session, view.numberWidth) }}
            className="relative"
          >
            <div style={{ top: PADDING, height: view.total - 2 * PADDING }} className="absolute inset-x-0">
              <TerminalRows
                session={session}
                top={view.top}
                height={view.height}
                pinned={pinned}
                isStill={isPressed || pinned.length > 0 || !session.isFollowing}
                gutterWidth={gutterWidth}
                version={view.version}
              />
            </div>
          </div>
        </section>
        <FoundMarks session={session} version={view.version} />
        {!session.isFollowing && isLive && <FollowButton session={session} />}
      </div>
      {foot}
    </div>
  )
}

function FollowButton({ session }: { session: TerminalSession }) {
  const count = session.unread
  return (
    <button
      type="button"
      onClick={() => session.follow()}
      className="absolute right-4 bottom-3 flex h-7 cursor-pointer items-center gap-1.5 rounded-full border border-(--gutter-line) bg-(--selected-ground) px-3 font-sans text-xs font-medium text-terminal-ink shadow-card"
    >
      <ArrowDown aria-hidden="true" className="size-3.5" />
      {count === 0 ? 'Follow' : `Follow, ${count.toLocaleString('en')} new ${count === 1 ? 'line' : 'lines'}`}
    </button>
  )
}

function widthOf({ buffer }: TerminalSession, numberWidth: number): string {
  return `calc(${Math.min(buffer.widest, 10_020) + numberWidth}ch + 4.5rem)`
}

/** The ends of a selection stay in the document while the rest scrolls by. */
function usePinnedLines(box: React.RefObject<HTMLElement | null>): readonly number[] {
  const [pinned, setPinned] = useState<readonly number[]>([])
  useEffect(() => {
    const onChange = () => {
      if (box.current === null) return
      const lines = selectedLines(document.getSelection(), box.current)
      setPinned((before) => (before.join() === lines.join() ? before : lines))
    }
    document.addEventListener('selectionchange', onChange)
    return () => document.removeEventListener('selectionchange', onChange)
  }, [box])
  return pinned
}
