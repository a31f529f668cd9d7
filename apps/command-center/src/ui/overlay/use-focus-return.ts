'use client'

import { useState } from 'react'

/** For what takes the focus while it is there: gives it back, or to the page's content where its place has gone. */
export function useFocusReturn(): (event: Event) => void {
  const [before] = useState(() => document.activeElement)
  return (event) => {
    event.preventDefault()
    const target = before?.isConnected === true && before !== document.body ? before : document.querySelector('main')
    if (target instanceof HTMLElement) target.focus({ preventScroll: true })
  }
}
