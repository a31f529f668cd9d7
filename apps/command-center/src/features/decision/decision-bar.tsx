'use client'

import type { DecideRight } from '@fairlead/client/decision/decide-right'
import { type ReactNode, type RefObject, useId, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import type { DecisionState } from '../conversation/live-state.ts'
import { useSettled } from './use-settled.ts'

/** Nobody has read an effect that appeared less than this ago. */
const INERT_MS = 1_000
/** A double click on Deny must not be taken for a denial without a reason. */
const ASKING_MS = 500
const MAX_REASON = 500

type DecisionBarProps = {
  /** Changes when the effect beside the buttons is replaced. */
  effectKey: string
  right: DecideRight
  needsReason: boolean
  decision: DecisionState | undefined
  /** A decision about several calls is under way. */
  isBulkRunning: boolean
  onDecide: (decision: { approve: boolean; reason?: string }) => void
  /** What has to be done before it can be approved. */
  first?: string
  /** Below the buttons, so that they do not move. */
  children?: ReactNode
}

export function DecisionBar(props: DecisionBarProps) {
  const { effectKey, right, decision, isBulkRunning, onDecide, first, children } = props
  const needsReason = props.needsReason && right.canApprove
  const [reason, setReason] = useState('')
  const [asking, setAsking] = useState<string>()
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const isRead = useSettled(effectKey, INERT_MS)
  const isAsking = asking === effectKey
  const isFieldSettled = useSettled(`${isAsking}`, ASKING_MS)
  const isSending = decision?.state === 'sending'
  const isInert = !isRead || isSending || isBulkRunning
  const words = reason.trim()
  const lacksReason = needsReason && words === ''
  const send = (approve: boolean) => {
    if (isInert) return
    onDecide({ approve, ...(words !== '' && { reason: words }) })
  }
  const deny = () => {
    if (isInert) return
    if (words !== '' || (isAsking && isFieldSettled)) return send(false)
    setAsking(effectKey)
    field.current?.focus()
  }
  const why = first ?? (lacksReason ? 'Approving this call takes a reason.' : right.why)
  return (
    <div className="border-t border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-2.5 max-sm:flex-col max-sm:items-stretch">
        {right.canApprove && (
          <Button
            variant="primary"
            aria-disabled={isInert || lacksReason || first !== undefined}
            aria-describedby={why === undefined ? undefined : `${id}-why`}
            isBusy={isSending && decision.approve}
            onClick={() => {
              if (first !== undefined) return
              if (lacksReason) field.current?.focus()
              else send(true)
            }}
            className="max-sm:h-11"
          >
            Approve change
          </Button>
        )}
        <Button
          aria-disabled={isInert || (isAsking && words === '' && !isFieldSettled)}
          isBusy={isSending && !decision.approve}
          onClick={deny}
          className="max-sm:h-11"
        >
          {isAsking && words === '' ? 'Deny without a reason' : 'Deny'}
        </Button>
        <ReasonField
          {...{ field, reason, setReason, needsReason, isAsking, lacksReason }}
          describedBy={isAsking ? `${id}-asking` : undefined}
        />
      </div>
      <div className="mt-1.5 flex flex-col gap-1 text-sm">
        {isAsking && decision?.state !== 'sending' && (
          <p id={`${id}-asking`} className="text-ink-2">
            Say why, then press Deny; or deny without a reason.
          </p>
        )}
        {why !== undefined && (
          <p id={`${id}-why`} className="text-ink-2">
            {why}
          </p>
        )}
        <ReasonLength length={reason.length} />
        <Refusal decision={decision} />
        {children}
      </div>
    </div>
  )
}

type ReasonFieldProps = {
  field: RefObject<HTMLInputElement | null>
  reason: string
  setReason: (reason: string) => void
  needsReason: boolean
  isAsking: boolean
  lacksReason: boolean
  describedBy: string | undefined
}

function ReasonField(props: ReasonFieldProps) {
  const { field, reason, setReason, needsReason, isAsking, lacksReason, describedBy } = props
  const label = needsReason ? 'Reason (required to approve)' : 'Reason'
  return (
    <input
      ref={field}
      value={reason}
      maxLength={MAX_REASON}
      onChange={(event) => setReason(event.target.value)}
      aria-label={label}
      aria-describedby={describedBy}
      placeholder={isAsking ? 'Why not? The agent reads it' : needsReason ? label : 'Reason (asked when denying)'}
      className={cx(
        'h-8 min-w-40 flex-1 rounded-md border bg-bg px-2.5 text-sm text-ink placeholder:text-ink-3 max-sm:order-first max-sm:h-11 max-sm:flex-none',
        isAsking || lacksReason ? 'border-accent' : 'border-line-strong',
      )}
    />
  )
}

function ReasonLength({ length }: { length: number }) {
  if (length <= MAX_REASON - 100) return null
  return (
    <p className="text-xs text-ink-3">
      {length} of {MAX_REASON} characters
    </p>
  )
}

function Refusal({ decision }: Pick<DecisionBarProps, 'decision'>) {
  if (decision?.state !== 'refused' || decision.refusal === undefined) return null
  const { text, requestId, status } = decision.refusal
  return (
    <p role="alert" className="text-loss wrap-anywhere">
      {text}
      {requestId !== undefined && status >= 500 && <span className="text-ink-3"> Request {requestId}</span>}
    </p>
  )
}
