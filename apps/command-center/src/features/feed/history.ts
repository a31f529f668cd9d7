'use client'

import { useStore } from 'zustand'
import { useFeedStores } from './feed-provider.tsx'
import type { HistoryEntry as Entry, HistoryState } from './history-state.ts'
import type { History } from './history-store.ts'

export type HistoryEntry = Entry
export type HistoryActions = Pick<History, 'loadMore' | 'search' | 'rename' | 'remove' | 'reset'>

/** Part of the person's conversations; draws again only when that part is another one. */
export function useHistory<Part>(select: (state: HistoryState) => Part): Part {
  return useStore(useFeedStores().history.store, select)
}

/** The same at each drawing. */
export function useHistoryActions(): HistoryActions {
  return useFeedStores().history
}
