'use client'

import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

/**
 * What is in view stays where it is when what stands above it comes, goes or changes its height, as older messages do.
 * Not every browser does so by itself, and none at the very top.
 */
export function useHeldPlace(box: RefObject<HTMLElement | null>, list: RefObject<HTMLElement | null>): void {
  const held = useRef<{ element: HTMLElement; top: number }>(undefined)
  const hold = useRef(() => {
    const [boxNow, listNow] = [box.current, list.current]
    if (boxNow === null || listNow === null) return
    const { element, top } = held.current ?? {}
    if (element?.isConnected && top !== undefined && element.offsetTop !== top) {
      boxNow.scrollTop += element.offsetTop - top
    }
    const inView = [...listNow.children].find(
      (it) => it instanceof HTMLElement && it.offsetTop + it.offsetHeight > boxNow.scrollTop,
    )
    held.current = inView instanceof HTMLElement ? { element: inView, top: inView.offsetTop } : undefined
  })
  useLayoutEffect(() => {
    hold.current()
  })
  useEffect(() => {
    const [boxNow, listNow] = [box.current, list.current]
    if (boxNow === null || listNow === null) return
    const take = () => hold.current()
    const observer = new ResizeObserver(take)
    observer.observe(listNow)
    boxNow.addEventListener('scroll', take, { passive: true })
    return () => {
      observer.disconnect()
      boxNow.removeEventListener('scroll', take)
      held.current = undefined
    }
  }, [box, list])
}
