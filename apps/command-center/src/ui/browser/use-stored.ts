'use client'

import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { parseStored, readStored, watchStored, writeStored } from './stored.ts'

/**
 * A value of `localStorage`, kept as JSON. What is stored but of another kind than the fallback is dropped. On the
 * server, and until the page is alive, it is the fallback.
 */
export function useStored<Value>(key: string, fallback: Value): [Value, (value: Value) => void] {
  const text = useSyncExternalStore(
    watchStored,
    () => readStored(key),
    () => undefined,
  )
  const value = useMemo(() => {
    const stored = parseStored(text)
    const isSameKind = typeof stored === typeof fallback && Array.isArray(stored) === Array.isArray(fallback)
    return (isSameKind ? stored : fallback) as Value
  }, [text, fallback])
  const change = useCallback((next: Value) => writeStored(key, JSON.stringify(next)), [key])
  return [value, change]
}
