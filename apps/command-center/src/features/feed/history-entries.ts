import type { Clock } from '@fairlead/client/time/clock'
import type { createHistoryMarkers } from './history-markers.ts'
import type { HistoryEntry, HistoryStore } from './history-state.ts'

type EntriesPorts = { store: HistoryStore; markers: ReturnType<typeof createHistoryMarkers>; clock: Clock }

/** The entries of the list and of the search: each change reaches both, and sets the markers again. */
export function createHistoryEntries({ store, markers, clock }: EntriesPorts) {
  const get = store.getState
  const { remark } = markers

  const show = (entries: readonly HistoryEntry[]): void => {
    const { search } = get()
    store.setState({ entries: remark(entries), search: { ...search, entries: remark(search.entries) } })
  }
  return {
    show,
    change: (id: string, changes: Partial<HistoryEntry>): void => {
      const changed = (entry: HistoryEntry) => (entry.id === id ? { ...entry, ...changes } : entry)
      const { search } = get()
      store.setState({ search: { ...search, entries: search.entries.map(changed) } })
      show(get().entries.map(changed))
    },
    remove: (id: string): void => {
      const { search } = get()
      store.setState({ search: { ...search, entries: search.entries.filter((entry) => entry.id !== id) } })
      show(get().entries.filter((entry) => entry.id !== id))
    },
    toTop: (id: string): void => {
      const known = get().entries.find((entry) => entry.id === id)
      const entry = { id, title: known?.title ?? '', marker: markers.of(id), updatedAt: clock.now() }
      show([entry, ...get().entries.filter((it) => it.id !== id)])
    },
    /** Sets the markers again. */
    refresh: (): void => show(get().entries),
  }
}
