'use client'

import { X } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import type { Problem } from '../conversation/live-state.ts'

type ProblemStripProps = { problem: Problem; onRetry: () => void; onDismiss: () => void }

/** What went wrong, and what can be done about it. */
export function ProblemStrip({ problem, onRetry, onDismiss }: ProblemStripProps) {
  const { text, requestId, retry } = problem
  return (
    <div role="alert" className="border-b border-loss/30 bg-loss-soft px-3.5 py-1.5 text-sm sm:px-5">
      <div className="mx-auto flex max-w-215 items-center gap-2">
        <p className="min-w-0 flex-1 wrap-anywhere">
          {text}
          {requestId !== undefined && <span className="ml-2 font-mono text-xs text-ink-2">request {requestId}</span>}
        </p>
        {retry !== undefined && (
          <Button size="s" onClick={onRetry}>
            Retry
          </Button>
        )}
        <IconButton label="Dismiss" onClick={onDismiss}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  )
}
