'use client'

import { callOfItem } from '@fairlead/client/conversation/call-of-item'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { useCallback, useEffect, useState } from 'react'
import { PageLink } from '../../ui/page-link.tsx'
import { CallCard } from '../call/call-card.tsx'
import { useApprovalsActions } from '../feed/approvals.ts'
import { VisibleText } from '../values/visible-text.tsx'
import { noteShown, type SeenItems } from './seen-items.ts'
import type { InboxDecisions } from './use-decisions.ts'

type OpenedCallProps = {
  item: ApprovalItem
  viewer: Viewer
  decisions: InboxDecisions
  onDecide: (item: ApprovalItem, decision: { approve: boolean; reason?: string; shown?: string }) => void
}

/** One call that waits, with who asked for it and by which words; nothing else of its conversation. */
export function OpenedCall({ item, viewer, decisions, onDecide }: OpenedCallProps) {
  const { refresh, refreshOne } = useApprovalsActions()
  const [seen, setSeen] = useState<SeenItems>({})
  const shown = noteShown(seen, item)
  useEffect(() => setSeen(shown), [shown])
  const { call_id } = item
  const readAgain = useCallback(() => {
    refreshOne(call_id)
      .catch(() => {})
      .then(() => refresh())
      .catch(() => {})
  }, [call_id, refresh, refreshOne])
  return (
    <article className="flex flex-col gap-3">
      <RequestLine item={item} isOwner={viewer.isOwner} />
      <CallCard
        call={callOfItem(item, shown[call_id]?.before)}
        viewer={viewer}
        decision={decisions.of(call_id)}
        isBulkRunning={decisions.bulk?.state === 'sending'}
        onDecide={(decision) => onDecide(item, decision)}
        onExpire={readAgain}
        hasArguments={false}
      />
    </article>
  )
}

export function RequestLine({ item, isOwner }: { item: ApprovalItem; isOwner: boolean }) {
  const { requester, request, conversation_id } = item
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
      <p className="min-w-0 flex-1 basis-60 border-l-3 border-accent pl-3 text-md wrap-anywhere">
        <span className="block text-xs text-ink-3">
          {requester.name === '' ? requester.email : `${requester.name}, ${requester.email}`}
        </span>
        <span className="font-medium">
          {request === '' ? 'No words of the request are known.' : <VisibleText text={request} />}
        </span>
      </p>
      {isOwner && conversation_id !== '' && (
        <PageLink
          href={`/chat/${encodeURIComponent(conversation_id)}`}
          className="min-h-6 text-sm font-medium text-accent hover:underline"
        >
          Open conversation
        </PageLink>
      )}
    </div>
  )
}
