'use client'

import { useEffect } from 'react'
import { announce } from '../../ui/toast/announce.ts'
import type { TerminalSession } from './terminal-session.ts'

const EVERY_MS = 3_000

/** Says the last line to those who listen, as often as one can follow. */
export function useReadAloud(session: TerminalSession, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return
    let said = session.lineCount
    const timer = setInterval(() => {
      const last = session.buffer.lines.findLast(({ stream, text }) => stream !== 'note' && text.trim() !== '')
      if (session.lineCount === said || last === undefined) return
      said = session.lineCount
      announce(last.text.slice(0, 500))
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [session, isOn])
}
