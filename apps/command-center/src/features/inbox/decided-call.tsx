'use client'

import { callOfItem } from '@fairlead/client/conversation/call-of-item'
import { isUndecided } from '@fairlead/client/decision/decide-right'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { type ReactNode, useEffect, useState } from 'react'
import { api } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatTime } from '../../ui/format/format-time.ts'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { statusWords } from '../call/status-word.ts'
import { Summary } from '../effect/summary.tsx'
import { useApprovalsActions } from '../feed/approvals.ts'
import { VisibleText } from '../values/visible-text.tsx'
import { RequestLine } from './opened-call.tsx'

type Found =
  | { state: 'reading' }
  | { state: 'found'; item: ApprovalItem; decision: Decision | undefined }
  | { state: 'failed'; status: number; text: string }
type Decision = { by: string; at: string; approve: boolean; reason: string | undefined }

type DecidedCallProps = {
  callId: string
  email: string
  /** Draws it where it waits after all, though it is not in the list. */
  drawWaiting: (item: ApprovalItem) => ReactNode
}

/** A call that a link leads to and that is not in the list: what became of it, and by whom. */
export function DecidedCall({ callId, email, drawWaiting }: DecidedCallProps) {
  const { refreshOne } = useApprovalsActions()
  const [found, setFound] = useState<Found>({ state: 'reading' })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is asked for by its number
  useEffect(() => {
    let isStale = false
    const keep = (next: Found) => !isStale && setFound(next)
    const read = async () => {
      keep({ state: 'reading' })
      try {
        const item = await refreshOne(callId)
        keep({ state: 'found', item, decision: await readDecision(callId) })
      } catch (error) {
        const status = error instanceof ApiError ? error.status : 0
        keep({ state: 'failed', status, text: error instanceof Error ? error.message : String(error) })
      }
    }
    void read()
    return () => {
      isStale = true
    }
  }, [callId, refreshOne, tries])
  if (found.state === 'reading') return <Skeleton className="h-40" />
  if (found.state === 'failed') {
    if (found.status === 404) return <EmptyState title="This call is not there any more" />
    if (found.status === 403) return <EmptyState title="This call is not yours to see">{found.text}</EmptyState>
    return (
      <EmptyState title="The call could not be read">
        <p className="mb-2">{found.text}</p>
        <Button onClick={() => setTries(tries + 1)}>Read the call again</Button>
      </EmptyState>
    )
  }
  const { item, decision } = found
  if (isUndecided(callOfItem(item))) return drawWaiting(item)
  return (
    <article className="flex flex-col gap-3">
      <RequestLine item={item} isOwner={item.requester.email === email} />
      <section aria-labelledby="decided-call" className="rounded-md border border-line bg-surface px-4 py-3">
        <h2
          id="decided-call"
          tabIndex={-1}
          className="text-lg leading-snug font-semibold wrap-anywhere first-letter:uppercase"
        >
          <Summary text={item.effect?.summary ?? (item.title || item.tool)} />
        </h2>
        <p className="text-sm text-ink-2 wrap-anywhere">
          {decisionText(item, decision, email)}
          {decision?.reason !== undefined && (
            <>
              {' '}
              “<VisibleText text={decision.reason} />”
            </>
          )}
        </p>
      </section>
    </article>
  )
}

function decisionText({ status, votes }: ApprovalItem, decision: Decision | undefined, email: string): string {
  const word = (statusWords[status]?.text ?? status).replace('…', '')
  if (decision !== undefined) {
    const by = decision.by === email ? 'you' : decision.by
    const did = `${decision.approve ? 'Approved' : 'Denied'} by ${by}, ${formatTime(Date.parse(decision.at))}.`
    return decision.approve ? `${did} Its status now: ${word.toLowerCase()}.` : did
  }
  if (status === 'expired' || status === 'cancelled') return `${word}. Nothing was done.`
  const by = votes.map((vote) => vote.by).join(' and ')
  return by === '' ? `Its status: ${word.toLowerCase()}.` : `Approved by ${by}. Its status now: ${word.toLowerCase()}.`
}

/** Who decided stands in the audit alone; without it there is less to say, and nothing is wrong. */
async function readDecision(callId: string): Promise<Decision | undefined> {
  try {
    const query = { call_id: callId, type: 'approval.decided', limit: 20 }
    const { items } = await api.call('GET /audit', { query })
    const [last] = items.toSorted((left, right) => Date.parse(right.at) - Date.parse(left.at))
    if (last === undefined) return undefined
    const { approve, reason } = last.data
    return {
      by: last.actor,
      at: last.at,
      approve: approve === true,
      reason: typeof reason === 'string' && reason !== '' ? reason : undefined,
    }
  } catch {
    return undefined
  }
}
