'use client'

import { useCallback, useState } from 'react'

/** The oldest go first. */
const MOST = 2_000
const kept = new Map<string, boolean>()

/** Whether the person has left it open; asked where something is drawn anew anyway. */
export function isKeptOpen(key: string): boolean {
  return kept.get(key) ?? false
}

/** Open or closed as the person left it, also after it was scrolled away and is drawn again. */
export function useKeptOpen(key: string): [isOpen: boolean, setOpen: (isOpen: boolean) => void] {
  const [isOpen, setOpen] = useState(() => kept.get(key) ?? false)
  const keep = useCallback(
    (next: boolean) => {
      kept.delete(key)
      kept.set(key, next)
      const [oldest] = kept.keys()
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest)
      setOpen(next)
    },
    [key],
  )
  return [isOpen, keep]
}
