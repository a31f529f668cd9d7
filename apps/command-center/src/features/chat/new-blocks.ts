import type { ConversationView, MessageView } from '@fairlead/client/conversation/conversation-view'

/** How far a conversation had come: its last message, and how many blocks that one had. */
export type Mark = { id: string | undefined; blocks: number }

export function markEnd({ messages }: ConversationView): Mark {
  const last = messages.at(-1)
  return { id: last?.id, blocks: last === undefined ? 0 : blocksOf(last) }
}

/** Blocks that came after a mark. */
export function blocksSince({ messages }: ConversationView, mark: Mark): number {
  let count = 0
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]
    if (message === undefined) break
    if (message.id === mark.id) return count + Math.max(0, blocksOf(message) - mark.blocks)
    count += blocksOf(message)
  }
  return mark.id === undefined ? count : 0
}

const blocksOf = (message: MessageView) => (message.type === 'user' ? 1 : Math.max(1, message.segments.length))
