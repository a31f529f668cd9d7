import { ApiError } from '@fairlead/contract/client/api-error'
import { type HistoryEntry, type HistoryStore, noSearch } from './history-state.ts'

/** Of several searches the last one counts. */
export function createHistorySearch(store: HistoryStore, read: (query: string) => Promise<readonly HistoryEntry[]>) {
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
