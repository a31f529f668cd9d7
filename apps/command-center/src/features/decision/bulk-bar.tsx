'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import { useCallback, useState } from 'react'
import { useMediaQuery } from '../../ui/browser/use-media-query.ts'
import { Button } from '../../ui/button.tsx'
import { Disclosure } from '../../ui/disclosure.tsx'
import type { BulkDecision, BulkState } from '../conversation/live-state.ts'
import { knownEffect } from '../effect/known-effect.ts'
import { RiskWord } from '../effect/risk-line.tsx'
import { Summary } from '../effect/summary.tsx'
import { objectName } from '../values/object-name.ts'
import { VisibleText } from '../values/visible-text.tsx'
import { BulkDialog } from './bulk-dialog.tsx'
import { BulkResults } from './bulk-results.tsx'

type BulkBarProps = {
  /** Those of the message that wait, in the order in which they are shown. */
  calls: readonly CallView[]
  viewer: Viewer
  bulk: BulkState | undefined
  onDecideMany: (decisions: BulkDecision[]) => void
  /** Only where decisions go one by one. */
  onStop: () => void
  /** Puts the results away. */
  onClear: () => void
  onWithdraw?: () => void
}

/** Above the composer when two or more calls wait. */
export function BulkBar(props: BulkBarProps) {
  const { calls, viewer, bulk, onDecideMany, onStop, onClear, onWithdraw } = props
  const [approve, setApprove] = useState<boolean>()
  const isWide = useMediaQuery('(min-width: 640px)')
  const [isListed = isWide && calls.length <= 3, setListed] = useState<boolean>()
  const viewerOf = useCallback(() => viewer, [viewer])
  const isRunning = bulk !== undefined && bulk.state !== 'done'
  if (calls.length < 2 && bulk === undefined) return null
  return (
    <section
      aria-label="Calls that wait for approval"
      className="flex flex-col gap-1.5 rounded-lg border border-ask-line bg-ask-soft px-3 py-2 text-sm"
    >
      {bulk !== undefined && <BulkResults bulk={bulk} calls={calls} onStop={onStop} onClear={onClear} />}
      {calls.length >= 2 && !isRunning && (
        <>
          <div className="flex items-center gap-2 max-sm:flex-col max-sm:items-stretch">
            <p className="min-w-0 flex-1 font-medium text-ask">{calls.length} approvals pending</p>
            <div className="flex gap-2 max-sm:flex-col max-sm:[&>button]:h-11">
              <Button variant="primary" onClick={() => setApprove(true)}>
                Approve all
              </Button>
              <Button onClick={() => setApprove(false)}>Decline all</Button>
              {onWithdraw !== undefined && (
                <Button variant="quiet" onClick={onWithdraw}>
                  Withdraw all
                </Button>
              )}
            </div>
          </div>
          <Disclosure summary="Which calls" isOpen={isListed} onToggle={setListed}>
            <ol className="max-h-48 list-decimal overflow-y-auto pl-9">
              {calls.map((call) => (
                <WaitingLine key={call.call_id} call={call} />
              ))}
            </ol>
          </Disclosure>
        </>
      )}
      <BulkDialog
        approve={approve}
        calls={calls}
        viewerOf={viewerOf}
        onClose={() => setApprove(undefined)}
        onConfirm={onDecideMany}
      />
    </section>
  )
}

function WaitingLine({ call }: { call: CallView }) {
  const effect = knownEffect(call.effect)
  const [first, ...others] = effect?.objects ?? []
  return (
    <li className="py-0.5 wrap-anywhere">
      <span className="mr-2 inline-block max-w-full first-letter:uppercase">
        <Summary text={effect?.summary ?? (call.title || call.tool)} />
      </span>
      <span className="mr-2 text-ink-3">{call.title || call.tool}</span>
      {first !== undefined && (
        <span className="mr-2 text-ink-3">
          <VisibleText text={`${objectName(first)} ${first.cluster}`} />
          {others.length > 0 && ` and ${others.length} more`}
        </span>
      )}
      {effect === undefined ? (
        <span className="text-ink-3">effect not known yet</span>
      ) : (
        <RiskWord risk={effect.risk} />
      )}
    </li>
  )
}
