'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/loading/spinner.tsx'
import type { BulkState } from '../conversation/live-state.ts'
import { VisibleText } from '../values/visible-text.tsx'

type BulkResultsProps = {
  bulk: BulkState
  /** Those that still wait; what is decided is remembered from before. */
  calls: readonly CallView[]
  onStop: () => void
  onClear: () => void
}

/** How far several decisions are, then what became of each. */
export function BulkResults({ bulk, calls, onStop, onClear }: BulkResultsProps) {
  const names = useRef(new Map<string, string>())
  for (const { call_id, effect, title, tool } of calls) names.current.set(call_id, effect?.summary ?? (title || tool))
  const verb = bulk.approve ? 'Approving' : 'Declining'
  if (bulk.state !== 'done') {
    const count = bulk.isOneByOne ? ` ${Math.min(bulk.done + 1, bulk.callIds.length)}/${bulk.callIds.length}` : ''
    return (
      <div className="flex items-center gap-2">
        <Spinner label={bulk.state === 'stopping' ? 'Stopping after the call in flight…' : `${verb}${count}…`} />
        {bulk.isOneByOne && bulk.state === 'sending' && (
          <Button size="s" className="ml-auto" onClick={onStop}>
            Stop deciding
          </Button>
        )}
      </div>
    )
  }
  const refused = bulk.callIds.flatMap((callId) => {
    const result = bulk.results[callId]
    return result?.state === 'refused' ? [{ callId, text: result.refusal.text }] : []
  })
  const untouched = bulk.callIds.filter((callId) => bulk.results[callId] === undefined)
  return (
    <div role="status" className="flex flex-col gap-1">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1">{bulk.error ?? summaryOf(bulk, refused.length, untouched.length)}</p>
        <Button variant="quiet" size="s" onClick={onClear}>
          Put away
        </Button>
      </div>
      {(refused.length > 0 || untouched.length > 0) && (
        <ul className="list-disc pl-5">
          {refused.map(({ callId, text }) => (
            <li key={callId} className="text-loss wrap-anywhere">
              <VisibleText text={names.current.get(callId) ?? callId} />: {text}
            </li>
          ))}
          {untouched.map((callId) => (
            <li key={callId} className="wrap-anywhere">
              <VisibleText text={names.current.get(callId) ?? callId} />: not decided
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function summaryOf({ results, approve }: BulkState, refused: number, untouched: number): string {
  const decided = Object.values(results).flatMap((result) => (result.state === 'decided' ? [result.status] : []))
  const votes = decided.filter((status) => status === 'awaiting_approval').length
  const parts = [
    decided.length - votes > 0 && `${decided.length - votes} ${approve ? 'approved' : 'declined'}`,
    votes > 0 && (votes === 1 ? '1 vote counted' : `${votes} votes counted`),
    refused > 0 && `${refused} not decided`,
    untouched > 0 && `${untouched} not sent`,
  ]
  return `${parts.filter(Boolean).join(', ')}.`
}
