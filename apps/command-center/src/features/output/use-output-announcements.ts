'use client'

import { useEffect, useRef } from 'react'
import { announce } from '../../ui/toast/announce.ts'
import type { TerminalSession } from '../terminal/terminal-session.ts'

/** Says once that output has begun, that stderr has its first line, and that it has ended; never each line. */
export function useOutputAnnouncements(
  session: TerminalSession,
  { title, isLive }: { title: string; isLive: boolean },
): void {
  const wasLive = useRef(false)
  useEffect(() => {
    if (!isLive) {
      if (wasLive.current) announce(`Output of ${title} has ended, ${session.lineCount} lines`)
      wasLive.current = false
      return
    }
    if (!wasLive.current) announce(`Output of ${title} has begun`)
    wasLive.current = true
    if (session.buffer.hasStderr) return
    return session.subscribe(() => {
      if (!session.buffer.hasStderr || session.isStderrSaid) return
      const first = session.buffer.lines.find(({ stream }) => stream === 'stderr')
      session.isStderrSaid = true
      announce(`First line of stderr: ${first?.text.slice(0, 300) ?? ''}`)
    })
  }, [session, title, isLive])
}
