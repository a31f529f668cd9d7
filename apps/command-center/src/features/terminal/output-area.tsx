'use client'

import { ArrowDown } from 'lucide-react'
import { type ClipboardEvent, type PointerEvent, type RefObject, useEffect, useState } from 'react'
import { cx } from '../../ui/cx.ts'
import { FoundMarks } from './found-marks.tsx'
import { selectedLines, selectionText } from './selection-text.ts'
import { TerminalRows } from './terminal-rows.tsx'
import type { TerminalSession } from './terminal-session.ts'
import { GUTTER_SPACE, PADDING, useTerminalView } from './use-terminal-view.ts'

type OutputAreaProps = {
  session: TerminalSession
  box: RefObject<HTMLElement | null>
  title: string
  isLive: boolean
  isWrapped: boolean
  isFullSize: boolean
}

/** The lines in view, what is selected of them, and the way back to the end. */
export function OutputArea({ session, box, title, isLive, isWrapped, isFullSize }: OutputAreaProps) {
  const view = useTerminalView(session, box, isWrapped)
  const pinned = usePinnedLines(box)
  const [isPressed, setPressed] = useState(false)
  const onCopy = (event: ClipboardEvent) => {
    const text = selectionText(session, document.getSelection())
    if (text === undefined) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', text)
  }
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    // From here on a selection may grow: what is drawn must stay what it is.
    setPressed(true)
    const line = pressedLine(event.target)
    if (line === undefined) return
    event.preventDefault()
    box.current?.focus({ preventScroll: true })
    session.select(line, event.shiftKey)
  }
  return (
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
              gutterWidth={`calc(${view.numberWidth}ch + ${GUTTER_SPACE}px)`}
              version={view.version}
            />
          </div>
        </div>
      </section>
      <FoundMarks session={session} version={view.version} />
      {!session.isFollowing && isLive && <FollowButton session={session} />}
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

/** The line whose number was pressed. */
function pressedLine(target: EventTarget): number | undefined {
  const number = target instanceof Element ? target.closest<HTMLElement>('[data-line]:not([data-from])') : null
  const name = number?.dataset.line
  return name === undefined ? undefined : Number(name)
}

function widthOf({ buffer }: TerminalSession, numberWidth: number): string {
  return `calc(${Math.min(buffer.widest, 10_020) + numberWidth}ch + 4.5rem)`
}

/** The ends of a selection stay in the document while the rest scrolls by. */
function usePinnedLines(box: RefObject<HTMLElement | null>): readonly number[] {
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
