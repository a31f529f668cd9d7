'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { ArrowLeft } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useMediaQuery } from '../../ui/browser/use-media-query.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { useApprovals } from '../feed/approvals.ts'
import { DecidedCall } from './decided-call.tsx'
import { InboxList } from './inbox-list.tsx'
import { queriedItems } from './inbox-query.ts'
import { nextCall } from './next-call.ts'
import { OpenedCall, RequestLine } from './opened-call.tsx'
import { settledText } from './settled-text.ts'
import { useDecisions } from './use-decisions.ts'
import { useInboxPlace } from './use-inbox-place.ts'

export function Inbox({ user }: { user: UserRead }) {
  const place = useInboxPlace()
  const isWide = useMediaQuery('(min-width: 1024px)')
  const items = useApprovals((state) => state.items)
  const settled = useApprovals((state) => state.settled)
  const state = useApprovals((it) => it.state)
  const decisions = useDecisions()
  const listPlace = useRef<HTMLDivElement>(null)
  const scrolled = useRef(0)
  const wantsFocus = useRef(false)

  /** What was decided stays in its place for a moment. */
  const shown = useMemo(() => {
    const gone = Object.values(settled).map(({ item }) => item)
    const fresh = items.filter(({ call_id }) => settled[call_id] === undefined)
    return queriedItems([...fresh, ...gone], place.query, user.email)
  }, [items, settled, place.query, user.email])
  const waiting = shown.filter(({ call_id }) => settled[call_id] === undefined)

  const named = place.callId
  const [first, setFirst] = useState<string>()
  const opened = named ?? (isWide ? first : undefined)
  const firstWaiting = waiting[0]?.call_id
  useEffect(() => {
    // On arrival, and when the call that was opened so is gone; a list in another order opens no other call.
    if (named === undefined && (first === undefined || !shown.some(({ call_id }) => call_id === first))) {
      setFirst(firstWaiting)
    }
  }, [named, first, firstWaiting, shown])

  const openedItem = items.find(({ call_id }) => call_id === opened)
  const end = opened === undefined ? undefined : settled[opened]

  useEffect(() => {
    if (!wantsFocus.current || opened === undefined) return
    const heading = document.getElementById(`call-${opened}-heading`)
    if (heading === null) return
    wantsFocus.current = false
    heading.focus()
  })

  const { open } = place
  const openCall = useCallback(
    (callId: string) => {
      scrolled.current = scrollerOf(listPlace.current)?.scrollTop ?? 0
      wantsFocus.current = true
      open(callId)
    },
    [open],
  )
  const showsList = isWide || named === undefined
  // With nothing to open, what the list says has the whole page.
  const isSplit = isWide && (state === 'loading' || shown.length > 0 || opened !== undefined)
  useEffect(() => {
    const scroller = scrollerOf(listPlace.current)
    if (showsList && !isWide && scroller !== null) scroller.scrollTop = scrolled.current
  }, [showsList, isWide])

  const viewerOf = useCallback(
    (item: ApprovalItem): Viewer => ({ email: user.email, person: user, isOwner: item.requester.email === user.email }),
    [user],
  )
  const viewerOfCall = useCallback(
    (call: CallView): Viewer => {
      const item = items.find(({ call_id }) => call_id === call.call_id)
      return { email: user.email, person: user, isOwner: item === undefined || item.requester.email === user.email }
    },
    [items, user],
  )
  const decide = async (item: ApprovalItem, decision: { approve: boolean; reason?: string; shown?: string }) => {
    const before = waiting.map(({ call_id }) => call_id)
    const isDecided = await decisions.decide(item, decision)
    if (!isDecided || opened !== item.call_id) return
    const next = nextCall(
      before,
      item.call_id,
      before.filter((callId) => callId !== item.call_id),
    )
    wantsFocus.current = next !== undefined
    setFirst(next)
    open(isWide || next === undefined ? undefined : next, { isReplacing: true })
  }
  const draw = (item: ApprovalItem) => (
    <OpenedCall
      key={item.call_id}
      item={item}
      viewer={viewerOf(item)}
      decisions={decisions}
      onDecide={(it, decision) => void decide(it, decision)}
    />
  )

  return (
    <div className={cx('min-h-0 flex-1', isSplit && 'grid grid-cols-[minmax(20rem,25rem)_minmax(0,1fr)]')}>
      {showsList && (
        <div
          ref={listPlace}
          className={cx('min-w-0', isSplit && 'min-h-0 overflow-y-auto border-r border-line bg-surface')}
        >
          <InboxList
            shown={shown}
            waiting={waiting}
            opened={isWide ? opened : undefined}
            place={place}
            decisions={decisions}
            viewerOf={viewerOfCall}
            onOpen={openCall}
          />
        </div>
      )}
      {(isSplit || named !== undefined) && (
        <div className={cx('min-w-0 p-3.5 sm:p-5', isWide && 'min-h-0 overflow-y-auto')}>
          <div className="mx-auto flex max-w-215 flex-col gap-3">
            {!isWide && (
              <Button variant="quiet" className="self-start" onClick={() => open(undefined)}>
                <ArrowLeft aria-hidden="true" className="size-4" />
                Back to the list
              </Button>
            )}
            {end !== undefined ? (
              <>
                <RequestLine item={end.item} isOwner={end.item.requester.email === user.email} />
                <p role="status" className="rounded-md border border-line bg-surface px-4 py-3 text-sm">
                  <span className="font-medium">{end.item.effect?.summary ?? end.item.title}</span>: {settledText(end)}
                </p>
              </>
            ) : openedItem !== undefined ? (
              draw(openedItem)
            ) : (
              opened !== undefined &&
              state !== 'loading' &&
              state !== 'absent' && <DecidedCall key={opened} callId={opened} email={user.email} drawWaiting={draw} />
            )}
          </div>
        </div>
      )}
    </div>
  )
}

function scrollerOf(list: HTMLElement | null): HTMLElement | null {
  return list?.closest('main') ?? null
}
