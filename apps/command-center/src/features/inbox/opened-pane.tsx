'use client'

import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { useApprovals } from '../feed/approvals.ts'
import { DecidedCall } from './decided-call.tsx'
import { RequestLine } from './opened-call.tsx'
import { settledText } from './settled-text.ts'

type OpenedPaneProps = {
  opened: string | undefined
  email: string
  /** It stands beside the list; else it has the page, with a way back. */
  isWide: boolean
  onBack: () => void
  drawWaiting: (item: ApprovalItem) => ReactNode
}

/** The call that is opened: waiting, just decided, or known by its link alone. */
export function OpenedPane({ opened, email, isWide, onBack, drawWaiting }: OpenedPaneProps) {
  return (
    <div className={cx('min-w-0 p-3.5 sm:p-5', isWide && 'min-h-0 overflow-y-auto')}>
      <div className="mx-auto flex max-w-215 flex-col gap-3">
        {!isWide && (
          <Button variant="quiet" className="self-start" onClick={onBack}>
            <ArrowLeft aria-hidden="true" className="size-4" />
            Back to the list
          </Button>
        )}
        {opened !== undefined && <Opened callId={opened} email={email} drawWaiting={drawWaiting} />}
      </div>
    </div>
  )
}

type OpenedProps = { callId: string } & Pick<OpenedPaneProps, 'email' | 'drawWaiting'>

function Opened({ callId, email, drawWaiting }: OpenedProps) {
  const settled = useApprovals((it) => it.settled[callId])
  const item = useApprovals((it) => it.items.find(({ call_id }) => call_id === callId))
  const state = useApprovals((it) => it.state)
  if (settled !== undefined) {
    return (
      <>
        <RequestLine item={settled.item} isOwner={settled.item.requester.email === email} />
        <p role="status" className="rounded-md border border-line bg-surface px-4 py-3 text-sm">
          <span className="font-medium">{settled.item.effect?.summary ?? settled.item.title}</span>:{' '}
          {settledText(settled)}
        </p>
      </>
    )
  }
  if (item !== undefined) return drawWaiting(item)
  if (state === 'loading' || state === 'absent') return null
  return <DecidedCall key={callId} callId={callId} email={email} drawWaiting={drawWaiting} />
}
