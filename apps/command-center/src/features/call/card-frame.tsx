'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { MouseEvent, ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'
import { StatusIcon, toneInks } from './status-icon.tsx'
import { statusWords } from './status-word.ts'

type CardFrameProps = {
  call: CallView
  /** A person must act, and it is this one. */
  isAsking: boolean
  /** Clicks of a pointer that rested here before the card came. */
  isInert?: boolean
  top: ReactNode
  /** At the end of the head: expiry, elapsed time. */
  aside: ReactNode
  children: ReactNode
}

/** The card of a write that is not over. */
export function CardFrame({ call, isAsking, isInert = false, top, aside, children }: CardFrameProps) {
  const { text, tone } = statusWords[call.status]
  const swallow = (event: MouseEvent) => {
    // A key that activates a button makes a click too, and comes from nowhere on the screen.
    if (!isInert || event.detail === 0) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <section
      id={`call-${call.call_id}`}
      tabIndex={-1}
      aria-labelledby={`call-${call.call_id}-heading`}
      onClickCapture={swallow}
      className={cx(
        'scroll-mt-16 overflow-hidden rounded-lg border bg-raised shadow-card outline-offset-2',
        isAsking ? 'border-ask-line' : 'border-line',
      )}
    >
      <div
        className={cx(
          'flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 text-sm',
          isAsking ? 'border-ask-line bg-ask-soft' : 'border-line bg-sunken',
        )}
      >
        {top ?? (
          <span className={cx('inline-flex min-w-0 items-center gap-1.5 font-semibold', toneInks[tone])}>
            <StatusIcon status={call.status} isNamed={false} />
            {text}
          </span>
        )}
        {top !== undefined && <span className="sr-only">{text}</span>}
        <span className="ml-auto flex items-center gap-2 text-xs text-ink-3">{aside}</span>
      </div>
      {children}
    </section>
  )
}
