import type { Clock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { oneAtATime } from '../../one-at-a-time.ts'
import type { FeedNews } from './feed.ts'
import { createHistoryMarkers, type HistoryMarker } from './history-markers.ts'

export type HistoryEntry = {
  id: string
  /** Empty until there is one. */
  title: string
  /** Milliseconds since the epoch. */
  updatedAt: number
  marker: HistoryMarker
}

type Reading = 'loading' | 'ready' | 'failed'

export type HistoryState = {
  /** Newest first. */
  entries: readonly HistoryEntry[]
  hasMore: boolean
  state: Reading
  error: string | undefined
  search: { query: string; entries: readonly HistoryEntry[]; state: Reading }
}

export type History = {
  readonly store: StoreApi<HistoryState>
  /** The next page; after a failure the same one again. */
  loadMore(): Promise<void>
  /** Fewer than two characters end the search. */
  search(query: string): void
  /** Rejects with an ApiError; the title is another one only once the server says so. */
  rename(id: string, title: string): Promise<void>
  remove(id: string): Promise<void>
  hear(news: FeedNews): void
  /** A conversation that this page has made, or that goes on: on top of the list. */
  noteCreated(id: string): void
  noteTitle(id: string, title: string): void
  /** Conversations in which a call waits for a person. */
  noteWaiting(ids: ReadonlySet<string>): void
  reset(): void
}

const PAGE = 25
const FOUND = 50
const noSearch: HistoryState['search'] = { query: '', entries: [], state: 'ready' }
const nothingYet: HistoryState = {
  entries: [],
  hasMore: false,
  state: 'loading',
  error: undefined,
  search: noSearch,
}

/** The person's conversations: the part of the list that was read, kept fresh by the feed. */
export function createHistory({ api, clock }: { api: Api; clock: Clock }): History {
  const store = createStore<HistoryState>(() => nothingYet)
  const get = store.getState
  let cursor: string | undefined
  let hasFirst = false
  const markers = createHistoryMarkers()
  const { remark } = markers

  const change = (entries: readonly HistoryEntry[]) => {
    const { search } = get()
    store.setState({ entries: remark(entries), search: { ...search, entries: remark(search.entries) } })
  }
  const changeOne = (id: string, changes: Partial<HistoryEntry>) => {
    const changed = (entry: HistoryEntry) => (entry.id === id ? { ...entry, ...changes } : entry)
    const { search } = get()
    store.setState({ search: { ...search, entries: search.entries.map(changed) } })
    change(get().entries.map(changed))
  }

  const mark = (id: string, isWaiting: boolean) => {
    markers.setWaiting(id, isWaiting)
    change(get().entries)
  }

  type Listed = Awaited<ReturnType<typeof page>>
  const page = (query: { limit: number; cursor?: string; query?: string }) => api.call('GET /conversations', { query })
  const entriesOf = ({ data }: Listed): HistoryEntry[] =>
    data.map(({ id, title, updated_at }) => ({
      id,
      title: title ?? '',
      updatedAt: Date.parse(updated_at),
      marker: markers.of(id),
    }))

  /** One request at a time: the first page, or the one behind what is there. */
  const load = oneAtATime(async () => {
    const isFirst = mustReadFirst || !hasFirst
    if (!isFirst && cursor === undefined) return
    mustReadFirst = false
    store.setState({ state: get().entries.length === 0 || !isFirst ? 'loading' : get().state })
    try {
      const answer = await page({ limit: PAGE, ...(!isFirst && { cursor }) })
      const next = answer.pagination.next_cursor ?? undefined
      const { entries, isWhole } = merged(get().entries, entriesOf(answer), { isFirst, hasNext: next !== undefined })
      if (isWhole) cursor = next
      if (isFirst) hasFirst = true
      change(entries)
      store.setState({ state: 'ready', error: undefined, hasMore: cursor !== undefined })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      store.setState({ state: 'failed', error: error.message })
    }
  })
  let mustReadFirst = false

  const toTop = (id: string, marker?: 'running') => {
    if (marker === 'running') markers.begin(id)
    const known = get().entries.find((entry) => entry.id === id)
    const entry = { id, title: known?.title ?? '', marker: markers.of(id), updatedAt: clock.now() }
    change([entry, ...get().entries.filter((it) => it.id !== id)])
  }

  const searching = createSearching(store, async (query) => entriesOf(await page({ limit: FOUND, query })))

  const hear = (news: FeedNews): void => {
    switch (news.type) {
      case 'gap':
        markers.clear()
        mustReadFirst = true
        void load()
        break
      case 'run.started':
        toTop(news.conversation_id, 'running')
        break
      case 'run.ended':
        markers.end(news.conversation_id)
        mark(news.conversation_id, news.status === 'awaiting_approval')
        break
      case 'approval.pending':
        mark(news.conversation_id, true)
        break
      case 'conversation.created':
        toTop(news.conversation_id)
        break
      case 'conversation.title.generated':
        changeOne(news.conversation_id, { title: news.title })
        break
      case 'approval.decided':
      case 'approval.expired':
        // Whether another call of it waits, the list of approvals tells.
        mark(news.conversation_id, false)
        break
    }
  }

  return {
    store,
    loadMore: load,
    search: searching.search,
    rename: async (id, title) => {
      await api.call('PATCH /conversations/:id', { params: { id }, body: { title } })
      changeOne(id, { title })
    },
    remove: async (id) => {
      await api.call('DELETE /conversations/:id', { params: { id } })
      const { search } = get()
      store.setState({ search: { ...search, entries: search.entries.filter((entry) => entry.id !== id) } })
      change(get().entries.filter((entry) => entry.id !== id))
    },
    hear,
    noteCreated: (id) => toTop(id),
    noteTitle: (id, title) => changeOne(id, { title }),
    noteWaiting: (ids) => {
      markers.setListed(ids)
      change(get().entries)
    },
    reset: () => {
      searching.cancel()
      hasFirst = false
      cursor = undefined
      markers.clear()
      store.setState(nothingYet, true)
    },
  }
}

type Entries = readonly HistoryEntry[]

/** `isWhole`: the list ends where the page that was read ends. */
function merged(
  known: Entries,
  read: Entries,
  { isFirst, hasNext }: { isFirst: boolean; hasNext: boolean },
): { entries: Entries; isWhole: boolean } {
  const ids = new Set(read.map(({ id }) => id))
  const others = known.filter(({ id }) => !ids.has(id))
  if (!isFirst) return { entries: [...others, ...read], isWhole: true }
  // What lies behind the first page stays; what should be on it and is not, is gone.
  const oldest = read.at(-1)?.updatedAt ?? Number.NEGATIVE_INFINITY
  const behind = hasNext ? others.filter(({ updatedAt }) => updatedAt < oldest) : []
  return { entries: [...read, ...behind], isWhole: behind.length === 0 }
}

/** Of several searches the last one counts. */
function createSearching(store: StoreApi<HistoryState>, read: (query: string) => Promise<Entries>) {
  const { getState: get, setState: set } = store
  let searches = 0

  async function find(query: string): Promise<void> {
    const number = ++searches
    set({ search: { query, entries: get().search.entries, state: 'loading' } })
    try {
      const entries = await read(query)
      if (number === searches) set({ search: { query, entries, state: 'ready' } })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (number !== searches) return
      set({ search: { query, entries: [], state: 'failed' }, error: error.message })
    }
  }
  return {
    search: (text: string): void => {
      const query = text.trim()
      if (query.length >= 2) return void find(query)
      searches++
      if (get().search.query !== '') set({ search: noSearch })
    },
    cancel: (): void => {
      searches++
    },
  }
}
