import { batchRefusal, type DecisionRefusal, decisionRefusal } from '@fairlead/client/decision/decision-refusal'
import type { Clock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { oneAtATime } from '../../one-at-a-time.ts'
import type { FeedNews } from './feed.ts'

/** A call that left the list: what became of it is readable for a moment. */
export type SettledApproval = {
  item: ApprovalItem
  status: 'approved' | 'denied' | 'cancelled' | 'expired'
  by: string | undefined
  at: number
}

export type ApprovalsState = {
  /** What the person may decide now, soonest expiry first, as the engine lists it. */
  items: readonly ApprovalItem[]
  settled: Readonly<Record<string, SettledApproval>>
  /** `absent`: the server has no inbox. `failed`: the items are those of `checkedAt`. */
  state: 'loading' | 'ready' | 'failed' | 'absent'
  /** Milliseconds since the epoch of the last look that succeeded. */
  checkedAt: number | undefined
  error: string | undefined
  count: number
  /** False when there are more than are read. */
  isWhole: boolean
}

export type DecideAnswer =
  | { state: 'decided'; status: string }
  /** One vote of several. */
  | { state: 'counted' }
  | { state: 'refused'; refusal: DecisionRefusal }

export type InboxDecision = {
  call_id: string
  approve: boolean
  args_digest: string
  effect_digest: string
  reason?: string
}

export type Approvals = {
  readonly store: StoreApi<ApprovalsState>
  refresh(): Promise<void>
  /** Reads one call again, whoever may decide it; rejects with an ApiError. */
  refreshOne(callId: string): Promise<ApprovalItem>
  /** With the digests of the item as it was drawn. */
  decide(item: ApprovalItem, decision: { approve: boolean; reason?: string; shown?: string }): Promise<DecideAnswer>
  /** Each on its own, by call; rejects with an ApiError when the request itself fails. */
  decideMany(decisions: readonly InboxDecision[]): Promise<Readonly<Record<string, DecideAnswer>>>
  hear(news: FeedNews): void
  reset(): void
}

const PAGE = 50
const MOST = 500
const SETTLED_MS = 5000

const nothingYet: ApprovalsState = {
  items: [],
  settled: {},
  state: 'loading',
  checkedAt: undefined,
  error: undefined,
  count: 0,
  isWhole: true,
}

/** The calls that wait for this person, kept fresh by the feed. */
export function createApprovals({ api, clock }: { api: Api; clock: Clock }): Approvals {
  const store = createStore<ApprovalsState>(() => nothingYet)
  const get = store.getState

  const setItems = (items: readonly ApprovalItem[], changes: Partial<ApprovalsState> = {}) =>
    store.setState({ items, count: items.length, ...changes })

  const refresh = oneAtATime(async () => {
    try {
      const items: ApprovalItem[] = []
      let cursor: string | null | undefined
      do {
        const query = { limit: PAGE, ...(cursor && { cursor }) }
        const page = await api.call('GET /approvals', { query })
        items.push(...page.items)
        cursor = page.next_cursor
      } while (cursor && items.length < MOST)
      setItems(items, { state: 'ready', checkedAt: clock.now(), error: undefined, isWhole: !cursor })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status === 404) return setItems([], { state: 'absent' })
      store.setState({ state: 'failed', error: error.message })
    }
  })

  const replace = (item: ApprovalItem) => {
    const isListed = get().items.some(({ call_id }) => call_id === item.call_id)
    if (isListed) setItems(get().items.map((it) => (it.call_id === item.call_id ? item : it)))
  }

  const settle = (callId: string, end: Pick<SettledApproval, 'status' | 'by'>) => {
    const item = get().items.find(({ call_id }) => call_id === callId)
    const known = get().settled[callId]
    // Decided from here: who decided comes with the feed.
    if (known !== undefined && end.by !== undefined) {
      store.setState({ settled: { ...get().settled, [callId]: { ...known, ...end } } })
    }
    if (item === undefined) return
    const settled = { ...get().settled, [callId]: { ...end, item, at: clock.now() } }
    setItems(
      get().items.filter((it) => it !== item),
      { settled },
    )
    clock.after(SETTLED_MS, () => {
      const { [callId]: _, ...rest } = get().settled
      store.setState({ settled: rest })
    })
  }

  const answered = (callId: string, status: string): DecideAnswer => {
    if (status === 'pending' || status === 'awaiting_approval') {
      void refresh()
      return { state: 'counted' }
    }
    if (status === 'approved' || status === 'denied') settle(callId, { status, by: undefined })
    else void refresh()
    return { state: 'decided', status }
  }

  const refused = (refusal: DecisionRefusal): DecideAnswer => {
    if (refusal.current !== undefined && refusal.mayDecideAgain) replace(refusal.current)
    else if (!refusal.mayDecideAgain) void refresh()
    return { state: 'refused', refusal }
  }

  return {
    store,
    refresh,
    refreshOne: async (callId) => {
      const item = await api.call('GET /approvals/:call_id', { params: { call_id: callId } })
      replace(item)
      return item
    },
    decide: async ({ call_id, args_digest, effect_digest }, { approve, reason, shown }) => {
      const words = reason?.trim()
      const body = {
        ...{ approve, args_digest, effect_digest: effect_digest ?? '' },
        ...(words && { reason: words }),
        ...(shown !== undefined && { shown }),
      }
      try {
        const params = { call_id }
        const { status } = await api.call('POST /approvals/:call_id/decision', { params, body })
        return answered(call_id, status)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        return refused(decisionRefusal(error))
      }
    },
    decideMany: async (decisions) => {
      const { results } = await api.call('POST /approvals/decisions', { body: { decisions: [...decisions] } })
      return Object.fromEntries(
        results.map((result) => [
          result.call_id,
          'error' in result ? refused(batchRefusal(result.error)) : answered(result.call_id, result.status),
        ]),
      )
    },
    hear: (news) => {
      if (news.type === 'approval.decided') {
        settle(news.call_id, { status: news.status, by: news.decided_by ?? undefined })
      } else if (news.type === 'approval.expired') settle(news.call_id, { status: 'expired', by: undefined })
      else if (news.type === 'gap' || news.type === 'approval.pending') void refresh()
    },
    reset: () => store.setState(nothingYet, true),
  }
}
