'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useMediaQuery } from '../../ui/browser/use-media-query.ts'
import { cx } from '../../ui/cx.ts'
import { useApprovals } from '../feed/approvals.ts'
import { InboxList } from './inbox-list.tsx'
import { queriedItems } from './inbox-query.ts'
import { nextCall } from './next-call.ts'
import { OpenedCall } from './opened-call.tsx'
import { OpenedPane } from './opened-pane.tsx'
import { useDecisions } from './use-decisions.ts'
import { type InboxPlace, useInboxPlace } from './use-inbox-place.ts'
import { useOpenedCall } from './use-opened-call.ts'

/** The calls that wait for this person: a list, and beside it or in its place the call that is opened. */
export function Inbox({ user }: { user: UserRead }) {
  const place = useInboxPlace()
  const isWide = useMediaQuery('(min-width: 1024px)')
  const state = useApprovals((it) => it.state)
  const decisions = useDecisions()
  const { shown, waiting } = useShownItems(place, user.email)
  const { opened, openCall, goOn } = useOpenedCall({ place, isWide, shown, firstWaiting: waiting[0]?.call_id })
  const showsList = isWide || place.callId === undefined
  const { listPlace, keepScroll } = useKeptScroll(showsList && !isWide)
  const openFromList = useCallback(
    (callId: string) => {
      keepScroll()
      openCall(callId)
    },
    [keepScroll, openCall],
  )
  const viewerOf = useViewerOf(user)
  const decide = async (item: ApprovalItem, decision: { approve: boolean; reason?: string; shown?: string }) => {
    const before = waiting.map(({ call_id }) => call_id)
    const isDecided = await decisions.decide(item, decision)
    if (!isDecided || opened !== item.call_id) return
    const others = before.filter((callId) => callId !== item.call_id)
    goOn(nextCall(before, item.call_id, others))
  }
  // With nothing to open, what the list says has the whole page.
  const isSplit = isWide && (state === 'loading' || shown.length > 0 || opened !== undefined)
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
            viewerOf={viewerOf}
            onOpen={openFromList}
          />
        </div>
      )}
      {(isSplit || place.callId !== undefined) && (
        <OpenedPane
          opened={opened}
          email={user.email}
          isWide={isWide}
          onBack={() => place.open(undefined)}
          drawWaiting={(item) => (
            <OpenedCall
              key={item.call_id}
              item={item}
              viewer={viewerOfItem(user, item)}
              decisions={decisions}
              onDecide={(it, decision) => void decide(it, decision)}
            />
          )}
        />
      )}
    </div>
  )
}

/** In order, as the address asks for. What was decided stays in its place for some seconds. */
function useShownItems({ query }: InboxPlace, email: string) {
  const items = useApprovals((it) => it.items)
  const settled = useApprovals((it) => it.settled)
  const shown = useMemo(() => {
    const gone = Object.values(settled).map(({ item }) => item)
    const fresh = items.filter(({ call_id }) => settled[call_id] === undefined)
    return queriedItems([...fresh, ...gone], query, email)
  }, [items, settled, query, email])
  return { shown, waiting: shown.filter(({ call_id }) => settled[call_id] === undefined) }
}

/** Where the list was scrolled to, for when it has the page again. */
function useKeptScroll(hasPage: boolean) {
  const listPlace = useRef<HTMLDivElement>(null)
  const kept = useRef(0)
  useEffect(() => {
    const scroller = scrollerOf(listPlace.current)
    if (hasPage && scroller !== null) scroller.scrollTop = kept.current
  }, [hasPage])
  const keepScroll = useCallback(() => {
    kept.current = scrollerOf(listPlace.current)?.scrollTop ?? 0
  }, [])
  return { listPlace, keepScroll }
}

function useViewerOf(user: UserRead): (call: CallView) => Viewer {
  const items = useApprovals((it) => it.items)
  return useCallback(
    (call) =>
      viewerOfItem(
        user,
        items.find(({ call_id }) => call_id === call.call_id),
      ),
    [items, user],
  )
}

function viewerOfItem(user: UserRead, item: ApprovalItem | undefined): Viewer {
  return { email: user.email, person: user, isOwner: item === undefined || item.requester.email === user.email }
}

function scrollerOf(list: HTMLElement | null): HTMLElement | null {
  return list?.closest('main') ?? null
}
