'use client'

import { useMemo } from 'react'
import { Dialog } from '../../ui/overlay/dialog.tsx'
import type { TerminalSession } from './terminal-session.ts'

const MAX_LINES = 5_000

type TextDialogProps = { session: TerminalSession; title: string; isOpen: boolean; onClose: () => void }

/** The last lines as one text: for screen readers, for selecting, and for the browser's own search. */
export function TextDialog({ session, title, isOpen, onClose }: TextDialogProps) {
  const text = useMemo(() => (isOpen ? lastLines(session) : ''), [session, isOpen])
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={`Output of ${title}`} size="l">
      <p className="mb-2 text-sm text-ink-2">
        {session.lineCount > MAX_LINES
          ? `The last ${MAX_LINES.toLocaleString('en')} of ${session.lineCount.toLocaleString('en')} lines, as of now`
          : 'All lines, as of now'}
      </p>
      <pre className="overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono text-[12.5px]/[1.55]">
        {text}
      </pre>
    </Dialog>
  )
}

function lastLines({ buffer }: TerminalSession): string {
  return buffer.lines
    .slice(-MAX_LINES)
    .map(({ stream, text }) => (stream === 'note' ? `[${text}]` : text))
    .join('\n')
}
