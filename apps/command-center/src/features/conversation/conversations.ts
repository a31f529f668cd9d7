import { createLiveConversation, type FeedNews, type LiveConversation } from './live-conversation.ts'
import type { LivePorts } from './live-ports.ts'

/**
 * Conversations that a tab has opened. They stay over changes of the page; of those that rest only the latest few, and
 * only as much as is read again in no time: whoever leaves a long one gets its memory back.
 */
export type Conversations = {
  get(id: string): LiveConversation
  /** It is on the screen from now on. Returns how to leave it again. */
  show(live: LiveConversation): () => void
  hear(news: FeedNews): void
  closeAll(): void
}

const MAX_AT_REST = 4
/** Characters that all which rest may hold together. */
const MAX_HELD_AT_REST = 1_000_000

export function createConversations(ports: LivePorts): Conversations {
  /** The one that was used last stands last. */
  const open = new Map<string, LiveConversation>()
  /** Asked for by a page that is being made, and not on the screen yet. */
  let coming: LiveConversation | undefined

  const dropOld = () => {
    const resting = [...open.values()].filter((live) => live.isIdle())
    let [kept, held] = [0, 0]
    for (const live of resting.toReversed()) {
      const own = live.estimatedSize()
      if (live === coming || (kept < MAX_AT_REST && held + own <= MAX_HELD_AT_REST)) {
        kept++
        held += own
        continue
      }
      live.close()
      open.delete(live.id)
    }
  }
  return {
    get: (id) => {
      const known = open.get(id)
      open.delete(id)
      const live = known ?? createLiveConversation(id, ports)
      if (known === undefined) dropOld()
      open.set(id, live)
      coming = live
      return live
    },
    show: (live) => {
      const leave = live.open()
      if (coming === live) coming = undefined
      return () => {
        leave()
        dropOld()
      }
    },
    hear: (news) => {
      for (const live of open.values()) live.hear(news)
    },
    closeAll: () => {
      for (const live of open.values()) live.close()
      open.clear()
    },
  }
}
