import { ApiError } from '@fairlead/contract/client/api-error'
import { oneAtATime } from '../../one-at-a-time.ts'
import type { HistoryEntry, HistoryStore } from './history-state.ts'

type Entries = readonly HistoryEntry[]

type PagesPorts = {
  store: HistoryStore
  /** The first page, or the one that the cursor begins. */
  read(cursor: string | undefined): Promise<{ entries: Entries; next: string | undefined }>
  show(entries: Entries): void
}

/** The list's pages, one request at a time: the first one, or the one behind what is there. */
export function createHistoryPages({ store, read, show }: PagesPorts) {
  const get = store.getState
  let cursor: string | undefined
  let hasFirst = false
  let mustReadFirst = false

  const load = oneAtATime(async () => {
    const isFirst = mustReadFirst || !hasFirst
    if (!isFirst && cursor === undefined) return
    mustReadFirst = false
    store.setState({ state: get().entries.length === 0 || !isFirst ? 'loading' : get().state })
    try {
      const page = await read(isFirst ? undefined : cursor)
      const hasNext = page.next !== undefined
      const { entries, isWhole } = merged(get().entries, page.entries, { isFirst, hasNext })
      if (isWhole) cursor = page.next
      if (isFirst) hasFirst = true
      show(entries)
      store.setState({ state: 'ready', error: undefined, hasMore: cursor !== undefined })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      store.setState({ state: 'failed', error: error.message })
    }
  })

  return {
    /** The next page; after a failure the same one again. */
    load,
    loadFirst: (): Promise<void> => {
      mustReadFirst = true
      return load()
    },
    reset: (): void => {
      hasFirst = false
      cursor = undefined
    },
  }
}

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
