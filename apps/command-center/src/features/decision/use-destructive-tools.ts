'use client'

import { useEffect, useState } from 'react'
import { api } from '../../api.ts'

/** Names of tools that destroy; undefined as long as nobody has said, or cannot. Asked for only where it is needed. */
export function useDestructiveTools(isNeeded: boolean): ReadonlySet<string> | undefined {
  const [tools, setTools] = useState<ReadonlySet<string>>()
  useEffect(() => {
    if (!isNeeded) return
    const gone = new AbortController()
    api.call('GET /agent/tools', { signal: gone.signal }).then(
      (list) => {
        const destructive = list.filter(({ annotations }) => annotations.destructiveHint ?? !annotations.readOnlyHint)
        setTools(new Set(destructive.map(({ name }) => name)))
      },
      // Not knowing asks for more care, not for less.
      () => {},
    )
    return () => gone.abort()
  }, [isNeeded])
  return tools
}
