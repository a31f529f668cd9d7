import type { ConversationView } from '@fairlead/client/conversation/conversation-view'
import { fromTimeline } from '@fairlead/client/conversation/from-timeline'
import { withOlder } from '@fairlead/client/conversation/merge-timeline'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { ConversationPage } from './conversation-page.ts'
import type { LiveState } from './live-state.ts'

type OlderPorts = {
  get(): LiveState
  set(changes: Partial<LiveState>): void
  readPage(before: string): Promise<ConversationPage>
}

/** The messages before those that are shown, read page by page. */
export function createOlderMessages({ get, set, readPage }: OlderPorts) {
  let cursor: string | undefined
  return {
    /** What lies behind the newest page. Where more than that page is shown, the cursor is further back already. */
    behind: (newest: ConversationPage, view: ConversationView): LiveState['older'] => {
      if (view.messages.length <= (newest.messages?.length ?? 0)) cursor = newest.pagination?.next_cursor ?? undefined
      return { ...get().older, hasMore: cursor !== undefined }
    },
    load: async (): Promise<void> => {
      if (get().older.isLoading || cursor === undefined) return
      set({ older: { ...get().older, isLoading: true, error: undefined } })
      try {
        const page = await readPage(cursor)
        cursor = page.pagination?.next_cursor ?? undefined
        const view = withOlder(get().view, fromTimeline(page.messages ?? []))
        set({ view, older: { hasMore: cursor !== undefined, isLoading: false, error: undefined } })
      } catch (error) {
        const text = error instanceof ApiError ? error.message : 'Older messages could not be read.'
        set({ older: { hasMore: true, isLoading: false, error: text } })
      }
    },
  }
}
