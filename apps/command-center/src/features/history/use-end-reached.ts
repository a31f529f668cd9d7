'use client'

import { type RefObject, useEffect, useRef } from 'react'

/**
 * Asks for more as long as the end of the list is in view, be the window ever so tall. `state` changes with each
 * answer; then the end is looked at again.
 */
export function useEndReached(
  scroller: RefObject<HTMLElement | null>,
  end: RefObject<HTMLElement | null>,
  state: unknown,
  onReached: () => void,
): void {
  const ask = useRef(onReached)
  useEffect(() => {
    ask.current = onReached
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer is a reason to look at the end again
  useEffect(() => {
    const root = scroller.current
    const target = end.current
    if (root === null || target === null) return
    const observer = new IntersectionObserver((found) => found.at(-1)?.isIntersecting === true && ask.current(), {
      root,
      rootMargin: '0px 0px 160px 0px',
    })
    // Observing reports the present place at once, and so after each answer.
    observer.observe(target)
    return () => observer.disconnect()
  }, [scroller, end, state])
}
