import type { StoreApi } from 'zustand/vanilla'
import type { HistoryMarker } from './history-markers.ts'

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

export type HistoryStore = StoreApi<HistoryState>

export const noSearch: HistoryState['search'] = { query: '', entries: [], state: 'ready' }
export const emptyHistory: HistoryState = {
  entries: [],
  hasMore: false,
  state: 'loading',
  error: undefined,
  search: noSearch,
}
