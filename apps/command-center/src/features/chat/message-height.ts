import type { MessageView } from '@fairlead/client/conversation/conversation-view'
import type { LiveConversation } from '../conversation/live-conversation.ts'

const heights = new WeakMap<MessageView, number>()

/** About as high as the message will be, in pixels: the nearer, the less there is to correct. */
export function messageHeight(live: LiveConversation, index: number): number {
  const message = live.store.getState().view.messages[index]
  if (message === undefined) return 120
  const known = heights.get(message)
  if (known !== undefined) return known
  const lines = Math.min(60, Math.ceil(message.content.length / 110) + 1)
  const height = message.type === 'user' ? 42 + lines * 22 : 40 + lines * 24 + message.segments.length * 36
  heights.set(message, height)
  return height
}
