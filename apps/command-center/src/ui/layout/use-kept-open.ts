'use client'

import { useCallback, useState } from 'react'

/** The oldest go first. */
const MOST = 2_000
const kept = new Map<string, boolean>()

/** Whether the person has left it open. It is remembered when the element is drawn again. */
export function isKeptOpen(key: string): boolean {
  return kept.get(key) ?? false
}

/**
 * Open or closed as the person left it, also after it was scrolled away and is drawn again; `otherwise` until they have
 * opened or closed it.
 */
export function useKeptOpen(key: string, otherwise = false): [isOpen: boolean, setOpen: (isOpen: boolean) => void] {
  const [chosen, setChosen] = useState(() => kept.get(key))
  const keep = useCallback(
    (next: boolean) => {
      kept.delete(key)
      kept.set(key, next)
      const [oldest] = kept.keys()
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest)
      setChosen(next)
    },
    [key],
  )
  return [chosen ?? otherwise, keep]
}
