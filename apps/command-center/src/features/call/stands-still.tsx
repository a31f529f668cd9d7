'use client'

import { type ReactNode, useEffect, useRef } from 'react'
import { scrollParent } from '../../ui/scroll-parent.ts'
import { unaskedScrollAt } from '../../ui/unasked-scroll.ts'
import { hasMoved, type ScreenPlace } from './has-moved.ts'

/** About as long as a person takes to see that something has moved, and not to press it. */
const STILL_MS = 300

/**
 * What stands here takes no pointer for a moment after it has moved on the screen without its reader's scrolling: the
 * press was meant for what stood there before. Keys go to what has the focus, wherever that is, and are always taken.
 */
export function StandsStill({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    return element === null ? undefined : keepStill(element)
  }, [])
  return <div ref={box}>{children}</div>
}

function keepStill(element: HTMLElement): () => void {
  const scroller = scrollParent(element)
  let seen = placeOf(element, scroller)
  let seenAt = performance.now()
  let release: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    const place = placeOf(element, scroller)
    const isMoved = hasMoved(seen, place, unaskedScrollAt(scroller) >= seenAt)
    seen = place
    seenAt = performance.now()
    if (!isMoved) return
    element.style.pointerEvents = 'none'
    clearTimeout(release)
    release = setTimeout(() => {
      release = undefined
      look()
      if (release === undefined) element.style.pointerEvents = ''
    }, STILL_MS)
  }
  // What moves it changes the size of something around it, or scrolls; for all else there is the look at the press.
  const observer = new ResizeObserver(look)
  for (let around = element.parentElement; around !== null; around = around.parentElement) {
    observer.observe(around)
    if (around === scroller) break
  }
  document.addEventListener('scroll', look, { capture: true, passive: true })
  element.addEventListener('pointerdown', look, { capture: true })
  return () => {
    observer.disconnect()
    document.removeEventListener('scroll', look, { capture: true })
    element.removeEventListener('pointerdown', look, { capture: true })
    clearTimeout(release)
  }
}

function placeOf(element: Element, scroller: Element): ScreenPlace {
  const { left, top } = element.getBoundingClientRect()
  const { scrollTop, scrollHeight, clientHeight } = scroller
  return { left, top, scrollTop, scrollHeight, isAtEnd: scrollHeight - scrollTop - clientHeight <= 1 }
}
