'use client'

import { type RefObject, useEffect } from 'react'

const NEAR_TOP = 600
const SHORT_MS = 500

type NearTop = { isWanted: boolean; onNearTop: () => void; count: number }

/** Calls for older messages once their place is about to come into view. */
export function useNearTop(box: RefObject<HTMLElement | null>, { isWanted, onNearTop, count }: NearTop): void {
  useEffect(() => {
    const element = box.current
    if (!isWanted || element === null || count === 0) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const isNear = () => element.scrollTop < NEAR_TOP
    const check = () => {
      clearTimeout(timer)
      if (!isNear()) return
      const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= 1
      if (!isAtEnd) return onNearTop()
      // Nobody has scrolled: what is short now may only not be drawn yet.
      timer = setTimeout(() => isNear() && onNearTop(), SHORT_MS)
    }
    check()
    element.addEventListener('scroll', check, { passive: true })
    return () => {
      clearTimeout(timer)
      element.removeEventListener('scroll', check)
    }
  }, [box, isWanted, onNearTop, count])
}
