'use client'

import { lazy, Suspense, useCallback, useState } from 'react'
import { Terminal } from '../terminal/terminal.tsx'
import type { TerminalProps } from '../terminal/terminal-props.ts'

const FullSize = lazy(async () => ({ default: (await import('../terminal/full-size.tsx')).FullSize }))

/** A terminal that may be opened over the page: the same one, so that place and search stay. */
export function OutputPanel(props: TerminalProps) {
  const [isFullSize, setFullSize] = useState(false)
  const open = useCallback(() => setFullSize(true), [])
  const close = useCallback(() => setFullSize(false), [])
  if (!isFullSize) return <Terminal {...props} onFullSize={open} />
  return (
    <>
      <p className="text-sm text-ink-3">The output is open over the page.</p>
      <Suspense>
        <FullSize {...props} onClose={close} />
      </Suspense>
    </>
  )
}
