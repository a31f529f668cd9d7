import type { ConversationView, MessageView } from '@fairlead/client/conversation/conversation-view'
import type { LiveOutput } from './live-output.ts'

/** What a message, a segment or a piece of output takes beside its text. */
const OVERHEAD = 500

/** An estimate, good enough to tell a long conversation from a short one. */
export function estimatedSize({ messages }: ConversationView, output: LiveOutput): number {
  return messages.reduce((sum, message) => sum + ofMessage(message, output), 0)
}

function ofMessage(message: MessageView, output: LiveOutput): number {
  const own = OVERHEAD + message.content.length
  if (message.type === 'user') return own
  return message.segments.reduce((sum, segment) => {
    if (segment.kind !== 'tool') return sum + OVERHEAD + segment.text.length
    const { call_id, result = [] } = segment.call
    const written = output.read(call_id)
    const live = (written?.characters ?? 0) + (written?.pieces.length ?? 0) * OVERHEAD
    const resultLength = result.reduce((length, { text = '' }) => length + text.length, 0)
    return sum + OVERHEAD + live + resultLength
  }, own)
}
