import type { Clock } from '@fairlead/client/time/clock'
import type { Api } from '@fairlead/contract/client/create-api'
import { createStore } from 'zustand/vanilla'
import type { FeedNews } from './feed.ts'
import { createHistoryEntries } from './history-entries.ts'
import { createHistoryMarkers } from './history-markers.ts'
import { createHistoryPages } from './history-pages.ts'
import { createHistorySearch } from './history-search.ts'
import { emptyHistory, type HistoryEntry, type HistoryState, type HistoryStore } from './history-state.ts'

export type History = {
  readonly store: HistoryStore
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
/** The person's conversations: the part of the list that was read, kept fresh by the feed. */
export function createHistory({ api, clock }: { api: Api; clock: Clock }): History {
  const store = createStore<HistoryState>(() => emptyHistory)
  const markers = createHistoryMarkers()
  const entries = createHistoryEntries({ store, markers, clock })

  type Listed = Awaited<ReturnType<typeof page>>
  const page = (query: { limit: number; cursor?: string; query?: string }) => api.call('GET /conversations', { query })
  const entriesOf = ({ data }: Listed): HistoryEntry[] =>
    data.map(({ id, title, updated_at }) => ({
      id,
      title: title ?? '',
      updatedAt: Date.parse(updated_at),
      marker: markers.of(id),
    }))

  const pages = createHistoryPages({
    store,
    show: entries.show,
    read: async (cursor) => {
      const answer = await page({ limit: PAGE, ...(cursor !== undefined && { cursor }) })
      return { entries: entriesOf(answer), next: answer.pagination.next_cursor ?? undefined }
    },
  })
  const searching = createHistorySearch(store, async (query) => entriesOf(await page({ limit: FOUND, query })))

  const mark = (id: string, isWaiting: boolean) => {
    markers.setWaiting(id, isWaiting)
    entries.refresh()
  }

  const hear = (news: FeedNews): void => {
    switch (news.type) {
      case 'gap':
        markers.clear()
        void pages.loadFirst()
        break
      case 'run.started':
        markers.begin(news.conversation_id)
        entries.toTop(news.conversation_id)
        break
      case 'run.ended':
        markers.end(news.conversation_id)
        mark(news.conversation_id, news.status === 'awaiting_approval')
        break
      case 'approval.pending':
        mark(news.conversation_id, true)
        break
      case 'conversation.created':
        entries.toTop(news.conversation_id)
        break
      case 'conversation.title.generated':
        entries.change(news.conversation_id, { title: news.title })
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
    loadMore: pages.load,
    search: searching.search,
    rename: async (id, title) => {
      await api.call('PATCH /conversations/:id', { params: { id }, body: { title } })
      entries.change(id, { title })
    },
    remove: async (id) => {
      await api.call('DELETE /conversations/:id', { params: { id } })
      entries.remove(id)
    },
    hear,
    noteCreated: entries.toTop,
    noteTitle: (id, title) => entries.change(id, { title }),
    noteWaiting: (ids) => {
      markers.setListed(ids)
      entries.refresh()
    },
    reset: () => {
      searching.cancel()
      pages.reset()
      markers.clear()
      store.setState(emptyHistory, true)
    },
  }
}
