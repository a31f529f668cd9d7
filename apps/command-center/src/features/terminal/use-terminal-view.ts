'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import { ROW_HEIGHT } from './terminal-rows.tsx'
import type { TerminalSession } from './terminal-session.ts'

/** Space above the first line and below the last one. */
export const PADDING = 8

/** Beside the number of a line: its mark, and what keeps them apart. */
export const GUTTER_SPACE = 36
/** On both sides of the text. */
export const TEXT_SPACE = 20

type View = {
  top: number
  height: number
  total: number
  numberWidth: number
  version: number
  onScroll: () => void
}

/** Which rows are seen. Following keeps the end in view; else the line at the top stays where it is, whatever comes. */
export function useTerminalView(
  session: TerminalSession,
  box: RefObject<HTMLElement | null>,
  isWrapped: boolean,
): View {
  const version = useSyncExternalStore(session.subscribe, session.getVersion, session.getVersion)
  const [size, setSize] = useState({ width: 0, height: 0, cell: 7.3 })
  const [scrolled, setScrolled] = useState(0)
  const seen = useRef({ top: 0, layout: session.layout, dropped: session.buffer.dropped })

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = () =>
      setSize({ width: element.clientWidth, height: element.clientHeight, cell: cellWidth(element) })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [box])

  const numberWidth = String(session.buffer.count).length
  const columns = Math.max(8, Math.floor((size.width - GUTTER_SPACE - TEXT_SPACE) / size.cell) - numberWidth)
  useLayoutEffect(() => session.arrange({ columns, isWrapped }), [session, columns, isWrapped])

  const total = session.layout.totalRows * ROW_HEIGHT + 2 * PADDING
  const end = Math.max(0, total - size.height)
  const top = session.isFollowing ? end : scrolled

  // biome-ignore lint/correctness/useExhaustiveDependencies: each version may have moved the lines
  useLayoutEffect(() => {
    const element = box.current
    if (element === null || size.height === 0) return
    const { buffer, layout } = session
    const isMoved = seen.current.layout !== layout || seen.current.dropped !== buffer.dropped
    seen.current.layout = layout
    seen.current.dropped = buffer.dropped
    if (session.isFollowing) {
      scrollTo(element, end, seen.current)
    } else if (isMoved) {
      scrollTo(element, topOfAnchor(session), seen.current)
      setScrolled(seen.current.top)
    }
  }, [session, version, end, size.height, box])

  // A terminal that is drawn again shows what it showed.
  useLayoutEffect(() => {
    if (box.current === null || session.isFollowing) return
    scrollTo(box.current, topOfAnchor(session), seen.current)
    setScrolled(seen.current.top)
  }, [session, box])

  const { current } = session
  useLayoutEffect(() => {
    const element = box.current
    if (current === undefined || element === null) return
    const { layout } = session
    const at = layout.firstRowOf(layout.placeOf(current.line)) * ROW_HEIGHT
    const isSeen =
      at >= element.scrollTop + ROW_HEIGHT && at < element.scrollTop + element.clientHeight - 2 * ROW_HEIGHT
    if (!isSeen) element.scrollTop = Math.max(0, at - element.clientHeight / 2)
    element.querySelector('[data-found=current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [session, current, box])

  const onScroll = useCallback(() => {
    const element = box.current
    if (element === null) return
    const { scrollTop } = element
    const isUp = scrollTop < seen.current.top - 1
    const isAtEnd = element.scrollHeight - scrollTop - element.clientHeight <= 2
    seen.current.top = scrollTop
    // What follows is drawn at the end, wherever the scroll bar still is.
    if (session.isFollowing && (isAtEnd || !isUp)) return
    const place = session.layout.placeAtRow(Math.max(0, Math.floor((scrollTop - PADDING) / ROW_HEIGHT)))
    session.anchor = {
      line: session.layout.nameAt(place),
      offset: scrollTop - PADDING - session.layout.firstRowOf(place) * ROW_HEIGHT,
    }
    setScrolled(scrollTop)
    if (isUp && !isAtEnd) session.pause()
    else if (isAtEnd && !session.isFollowing && !isUp) session.follow()
  }, [session, box])

  return { top: top - PADDING, height: size.height, total, numberWidth, version, onScroll }
}

function topOfAnchor({ layout, anchor }: TerminalSession): number {
  return PADDING + layout.firstRowOf(layout.placeOf(anchor.line)) * ROW_HEIGHT + anchor.offset
}

function scrollTo(element: HTMLElement, top: number, seen: { top: number }): void {
  element.scrollTop = top
  seen.top = Math.min(top, element.scrollHeight - element.clientHeight)
}

function cellWidth(element: HTMLElement): number {
  const probe = document.createElement('span')
  probe.textContent = 'x'.repeat(100)
  probe.style.cssText = 'position:absolute;visibility:hidden;white-space:pre'
  element.append(probe)
  const width = probe.getBoundingClientRect().width / 100
  probe.remove()
  return width > 0 ? width : 7.3
}
