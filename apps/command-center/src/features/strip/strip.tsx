'use client'

import { Check, Circle, CircleAlert, CircleDot, Minus } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useNow } from '../../ui/browser/use-now.ts'
import { cx } from '../../ui/cx.ts'
import { formatDuration } from '../../ui/format/format-duration.ts'
import { announce } from '../../ui/toast/announce.ts'
import type { StepName, StripState, StripStep } from './strip-state.ts'

type StripProps = {
  state: StripState
  /** It stands in the head of a card, and needs no frame of its own. */
  isAttached?: boolean
  /** Brings the card that explains a step into view; without it the link does. */
  onShowCall?: (callId: string) => void
}

const titles: Record<StepName, string> = { plan: 'Plan', approve: 'Approve', execute: 'Execute', verify: 'Verify' }

/** How far the changes of a message are: plan, approve, execute, verify. */
export function Strip({ state, isAttached = false, onShowCall }: StripProps) {
  useAnnounced(state)
  const { steps, current } = state
  const shown = shownOnPhone(state)
  const details = steps.flatMap(({ detail }) => detail ?? [])
  return (
    <div
      className={cx(
        'flex min-w-0 flex-wrap items-center gap-x-3 gap-y-0.5 text-sm',
        !isAttached && 'rounded-md border border-line bg-sunken px-3 py-1.5',
      )}
    >
      <ol
        aria-label="Plan, approve, execute, verify"
        className="flex min-w-0 flex-wrap items-center gap-x-1.5 gap-y-0.5"
      >
        {steps.map((step, index) => (
          <li
            key={step.name}
            aria-current={step.name === current ? 'step' : undefined}
            className={cx('inline-flex min-h-6 items-center gap-1.5', index !== shown && 'max-sm:hidden')}
          >
            {index > 0 && <span aria-hidden="true" className="h-px w-4 bg-line-strong max-sm:hidden" />}
            <Step step={step} onShowCall={onShowCall} />
          </li>
        ))}
      </ol>
      <span className="text-xs text-ink-3 sm:hidden">
        {shown + 1} of {steps.length}
      </span>
      {details.length > 0 && <span className="text-xs text-ink-3 wrap-anywhere">{details.join(' ')}</span>}
    </div>
  )
}

const stepStyles: Record<StripStep['state'], { icon: typeof Check; tone: string }> = {
  waiting: { icon: Circle, tone: 'text-ink-3' },
  active: { icon: CircleDot, tone: 'font-semibold text-accent' },
  done: { icon: Check, tone: 'text-good' },
  neutral: { icon: Minus, tone: 'text-ink-3' },
  attention: { icon: CircleAlert, tone: 'font-medium text-ask' },
}

function Step({ step, onShowCall }: { step: StripStep } & Pick<StripProps, 'onShowCall'>) {
  const { name, state, text, callId, since } = step
  const { icon: Icon, tone } = stepStyles[state]
  const isAsking = name === 'approve' && state === 'active'
  const words = (
    <>
      <Icon aria-hidden="true" className="size-3.5 shrink-0" />
      <span>{titles[name]}</span>{' '}
      <span className={text === 'waiting' ? 'sr-only' : 'font-normal text-ink-2'}>{text}</span>
      {since !== undefined && <Elapsed since={since} />}
    </>
  )
  const className = cx('inline-flex items-center gap-1.5 rounded-sm', isAsking ? 'font-semibold text-ask' : tone)
  if (callId === undefined) return <span className={className}>{words}</span>
  return (
    <a
      href={`#call-${callId}`}
      onClick={(event) => {
        if (onShowCall === undefined) return
        event.preventDefault()
        onShowCall(callId)
      }}
      className={cx(className, 'min-h-6 hover:underline')}
    >
      {words}
    </a>
  )
}

function Elapsed({ since }: { since: number }) {
  const seconds = Math.max(0, Math.floor((useNow(1_000) - since) / 1_000))
  return (
    <span aria-hidden="true" className="font-normal text-ink-3 tabular-nums">
      {seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000)}
    </span>
  )
}

/** Where there is room for one: the one whose turn it is, else the last that has something to say. */
function shownOnPhone({ steps, current }: StripState): number {
  const at = steps.findIndex(({ name }) => name === current)
  if (at !== -1) return at
  const last = steps.findLastIndex(({ state }) => state === 'attention' || state === 'done')
  return last === -1 ? 0 : last
}

/** Questions and verdicts are announced by themselves; here it is the step that goes on. */
function useAnnounced({ steps, current }: StripState): void {
  const before = useRef(current)
  const step = steps.find(({ name }) => name === current)
  useEffect(() => {
    if (before.current === current) return
    before.current = current
    if (step === undefined || step.name === 'approve') return
    announce(`${titles[step.name]}: ${step.text}`)
  }, [current, step])
}
