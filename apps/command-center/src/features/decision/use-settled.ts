'use client'

import { useEffect, useState } from 'react'

/** False until `key` has stood unchanged for so long: nobody can have read what just appeared. */
export function useSettled(key: string, ms: number): boolean {
  const [settled, setSettled] = useState<string>()
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), ms)
    return () => {
      clearTimeout(timer)
      setSettled(undefined)
    }
  }, [key, ms])
  return settled === key
}
