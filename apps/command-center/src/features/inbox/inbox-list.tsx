'use client'

import { callOfItem } from '@fairlead/client/conversation/call-of-item'
import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { useCallback, useMemo, useRef, useState } from 'react'
import { Badge } from '../../ui/badge.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatTime } from '../../ui/format/format-time.ts'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { BulkDialog } from '../decision/bulk-dialog.tsx'
import { BulkResults } from '../decision/bulk-results.tsx'
import { useApprovals, useApprovalsActions } from '../feed/approvals.ts'
import { InboxFilters } from './inbox-filters.tsx'
import { filterNames } from './inbox-query.ts'
import { InboxRow } from './inbox-row.tsx'
import { NoticeSwitch } from './notice-switch.tsx'
import type { InboxDecisions } from './use-decisions.ts'
import type { InboxPlace } from './use-inbox-place.ts'
import { useRowKeys } from './use-row-keys.ts'

type InboxListProps = {
  /** In order, with those that were decided a moment ago. */
  shown: readonly ApprovalItem[]
  waiting: readonly ApprovalItem[]
  opened: string | undefined
  place: InboxPlace
  decisions: InboxDecisions
  viewerOf: (call: CallView) => Viewer
  onOpen: (callId: string) => void
}

export function InboxList({ shown, waiting, opened, place, decisions, viewerOf, onOpen }: InboxListProps) {
  const items = useApprovals((it) => it.items)
  const settled = useApprovals((it) => it.settled)
  const state = useApprovals((it) => it.state)
  const isWhole = useApprovals((it) => it.isWhole)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [approve, setApprove] = useState<boolean>()
  const list = useRef<HTMLUListElement>(null)
  useRowKeys(list)
  const select = useCallback((callId: string, isSelected: boolean) => {
    setSelected((before) => {
      const next = new Set(before)
      if (isSelected) next.add(callId)
      else next.delete(callId)
      return next
    })
  }, [])
  // Only what is on the screen: a filter must not hide a call that is about to be decided.
  const chosen = waiting.filter(({ call_id }) => selected.has(call_id))
  const calls = useMemo(() => chosen.map((item) => callOfItem(item)), [chosen])
  const isFiltered = filterNames.some((name) => place.query[name] !== '')
  const all = useMemo(() => items.map((item) => callOfItem(item)), [items])
  const isSending = decisions.bulk?.state === 'sending'
  return (
    <section aria-label="Calls that wait for you" className="flex flex-col">
      <div className="flex min-h-12 flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        {items.length > 0 && (
          <Badge tone="ask">{items.length === 1 ? '1 waits for you' : `${items.length} wait for you`}</Badge>
        )}
        <span className="flex-1" />
        <NoticeSwitch />
      </div>
      <Freshness />
      {(items.length > 0 || isFiltered) && <InboxFilters items={items} query={place.query} onAsk={place.ask} />}
      {decisions.bulk !== undefined && (
        <div className="border-b border-line bg-ask-soft px-3 py-2 text-sm">
          <BulkResults bulk={decisions.bulk} calls={all} onStop={() => {}} onClear={decisions.clearBulk} />
        </div>
      )}
      {chosen.length > 0 && (
        <div className="flex flex-wrap items-center gap-2 border-b border-ask-line bg-ask-soft px-3 py-2 max-sm:[&>button]:h-11 max-sm:[&>button]:w-full">
          <Button variant="primary" aria-disabled={isSending} onClick={() => !isSending && setApprove(true)}>
            Approve selected ({chosen.length})
          </Button>
          <Button aria-disabled={isSending} onClick={() => !isSending && setApprove(false)}>
            Deny selected ({chosen.length})
          </Button>
        </div>
      )}
      {state === 'loading' ? (
        <div className="flex flex-col gap-2 p-3">
          <Skeleton className="h-14" />
          <Skeleton className="h-14" />
        </div>
      ) : (
        <ul ref={list} aria-label="Approvals" className={cx('flex flex-col', state === 'failed' && 'opacity-60')}>
          {shown.map((item) => (
            <InboxRow
              key={item.call_id}
              item={item}
              settled={settled[item.call_id]}
              href={place.hrefOf(item.call_id)}
              isOpen={item.call_id === opened}
              isSelected={selected.has(item.call_id)}
              onOpen={onOpen}
              onSelect={select}
            />
          ))}
        </ul>
      )}
      {state === 'ready' && shown.length === 0 && <Nothing isFiltered={items.length > 0} />}
      {state === 'absent' && (
        <EmptyState title="This server has no approvals page">Calls are decided in their conversations.</EmptyState>
      )}
      {!isWhole && (
        <p className="border-t border-line px-3 py-2 text-sm text-ink-3">
          More than {items.length} calls wait. These are the first ones in the engine’s order; the list goes on.
        </p>
      )}
      <BulkDialog
        approve={approve}
        calls={calls}
        viewerOf={viewerOf}
        onClose={() => setApprove(undefined)}
        onConfirm={(many) => {
          setSelected(new Set())
          void decisions.decideMany(many)
        }}
      />
    </section>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const checkedAt = useApprovals((it) => it.checkedAt)
  if (isFiltered) return <EmptyState title="No call fits the filters" />
  return (
    <EmptyState title="Nothing waits for you">
      {checkedAt !== undefined && `Last look at ${formatTime(checkedAt)}.`}
    </EmptyState>
  )
}

/** When the list is not what the engine has: since when, and a way to look again. */
function Freshness() {
  const state = useApprovals((it) => it.state)
  const checkedAt = useApprovals((it) => it.checkedAt)
  const error = useApprovals((it) => it.error)
  const { refresh } = useApprovalsActions()
  if (state !== 'failed') return null
  return (
    <div className="border-b border-line p-2">
      <Banner
        tone="loss"
        action={
          <Button size="s" onClick={() => void refresh()}>
            Retry
          </Button>
        }
      >
        {checkedAt === undefined
          ? 'The approvals could not be read.'
          : `Not up to date since ${formatTime(checkedAt)}.`}{' '}
        {error}
      </Banner>
    </div>
  )
}
