import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { RunEvent } from '@fairlead/contract/events/run-event'

export type ReadEvent = { id: string | undefined; event: RunEvent }

/**
 * An event of a run out of its frame, or what is none: a sign of life, data that cannot be read, another run.s event.
 * The kind is the data's own `type`, else the name of the frame.
 */
export function readRunEvent(
  { id, event: name, data }: ServerEvent,
  stream: { runId?: string; conversationId: string },
): ReadEvent | 'heartbeat' | 'unreadable' | 'foreign' {
  const told = parse(data)
  if (told === undefined) return 'unreadable'
  const type = typeof told.type === 'string' ? told.type : name
  if (type === undefined) return 'unreadable'
  if (type === 'heartbeat') return 'heartbeat'
  const run_id = typeof told.run_id === 'string' ? told.run_id : stream.runId
  const conversation_id = typeof told.conversation_id === 'string' ? told.conversation_id : stream.conversationId
  const isForeign = conversation_id !== stream.conversationId || (stream.runId !== undefined && run_id !== stream.runId)
  if (isForeign) return 'foreign'
  if (run_id === undefined) return 'unreadable'
  return { id, event: { ...told, type, run_id, conversation_id } as RunEvent }
}

function parse(data: string): Record<string, unknown> | undefined {
  try {
    const told: unknown = JSON.parse(data)
    return typeof told === 'object' && told !== null && !Array.isArray(told)
      ? (told as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
