import { createLiveConversation, type FeedNews, type LiveConversation } from './live-conversation.ts'
import type { LivePorts } from './live-ports.ts'

/** Conversations that a tab has opened. They stay over changes of the page; of those that rest only the latest few. */
export type Conversations = {
  get(id: string): LiveConversation
  hear(news: FeedNews): void
  closeAll(): void
}

const MOST_AT_REST = 4

export function createConversations(ports: LivePorts): Conversations {
  /** The one that was used last stands last. */
  const open = new Map<string, LiveConversation>()

  const dropOld = () => {
    const resting = [...open.values()].filter((live) => live.isIdle())
    for (const live of resting.slice(0, Math.max(0, resting.length - MOST_AT_REST))) {
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
      return live
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
