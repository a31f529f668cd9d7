'use client'

import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'

/** How near to the end counts as being there. */
const NEAR = 40
/** What a new width of the window does to the heights comes in steps, each of which may move the offset. */
const SETTLES_MS = 500

export type Follow = {
  isFollowing: boolean
  /** The end is in view, followed or not: there is nowhere to jump to. */
  isAtEnd: boolean
  /** Goes to the end, and stays there. */
  follow: () => void
  /** The reader is led elsewhere. */
  leave: () => void
  /** Puts the end into view again, if it is followed. */
  keepEnd: () => void
  onScroll: () => void
}

/** Follows the end of what grows until its reader scrolls up, and again once they are back at the end. */
export function useFollow(box: RefObject<HTMLElement | null>): Follow {
  const [isFollowing, setFollowing] = useState(true)
  const [isAtEnd, setAtEnd] = useState(true)
  const state = useRef({ isFollowing: true, top: 0, fromEnd: 0, height: 0, view: '', viewHeight: 0, settlesAt: 0 })

  const remember = useCallback(() => {
    const element = box.current
    if (element === null) return
    state.current.top = element.scrollTop
    state.current.fromEnd = distanceOf(element)
    state.current.height = element.scrollHeight
  }, [box])
  const set = useCallback((next: boolean) => {
    state.current.isFollowing = next
    setFollowing(next)
  }, [])
  /** The window was made narrower, a keyboard came onto the screen: no scrolling of the reader's. */
  const isSettling = useCallback((element: HTMLElement) => {
    const now = performance.now()
    const [view, viewHeight] = [viewOf(element), element.clientHeight]
    const { view: viewBefore, viewHeight: heightBefore, settlesAt } = state.current
    // A narrower window breaks lines again and so changes the height some frames later. So does typing, by itself.
    if (view !== viewBefore || (viewHeight !== heightBefore && now < settlesAt))
      state.current.settlesAt = now + SETTLES_MS
    Object.assign(state.current, { view, viewHeight })
    return now < state.current.settlesAt
  }, [])
  const keepEnd = useCallback(() => {
    const element = box.current
    if (element === null) return
    // Noted when the window changes: who scrolls long after it would else be taken for what the change has moved.
    const isMovedByWindow = isSettling(element)
    if (!state.current.isFollowing) return setAtEnd(distanceOf(element) <= 1)
    const { top, fromEnd, height } = state.current
    // Scrolled up a moment ago, by Tab or by what helps to press a button: the event is still to come.
    const isUp = element.scrollTop < top - 1 && distanceOf(element) > fromEnd + 1
    if (isUp && element.scrollHeight === height && !isMovedByWindow) return set(false)
    element.scrollTop = element.scrollHeight
    remember()
  }, [box, isSettling, remember, set])
  const follow = useCallback(() => {
    set(true)
    keepEnd()
  }, [set, keepEnd])
  const leave = useCallback(() => set(false), [set])
  const onScroll = useCallback(() => {
    const element = box.current
    if (element === null) return
    if (state.current.isFollowing && isSettling(element)) return keepEnd()
    const { top, fromEnd } = state.current
    const distance = distanceOf(element)
    // What shrinks, grows or is measured again moves the offset too, but not the distance to the end.
    const isUp = element.scrollTop < top - 1 && distance > fromEnd + 1
    const isDown = element.scrollTop > top + 1 && distance < fromEnd - 1
    remember()
    setAtEnd(distance <= 1)
    if (isUp && distance > 1) set(false)
    else if (isDown && distance <= NEAR) set(true)
  }, [box, isSettling, keepEnd, remember, set])

  useEffect(() => {
    const element = box.current
    const content = element?.firstElementChild
    if (element === null || content === null || content === undefined) return
    state.current.view = viewOf(element)
    const observer = new ResizeObserver(keepEnd)
    observer.observe(element)
    observer.observe(content)
    return () => observer.disconnect()
  }, [box, keepEnd])

  return useMemo(
    () => ({ isFollowing, isAtEnd, follow, leave, keepEnd, onScroll }),
    [isFollowing, isAtEnd, follow, leave, keepEnd, onScroll],
  )
}

const viewOf = ({ clientWidth }: HTMLElement) => `${clientWidth} ${window.innerHeight}`
const distanceOf = (element: HTMLElement) => element.scrollHeight - element.scrollTop - element.clientHeight
