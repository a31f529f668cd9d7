import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { isRecord } from '@fairlead/contract/json/is-record'

export type ReadEvent = { id: string | undefined; event: RunEvent }

/**
 * An event of a run out of its frame, or why it is none: a sign of life, data that cannot be read, another run's event.
 * The kind is the data's own `type`, else the name of the frame: some servers of this wire leave the one out.
 */
export function readRunEvent(
  { id, event: name, data }: ServerEvent,
  stream: { runId?: string; conversationId?: string },
): ReadEvent | 'heartbeat' | 'unreadable' | 'foreign' {
  const payload = parse(data)
  if (payload === undefined) return 'unreadable'
  const type = textOf(payload.type) ?? name
  if (type === undefined) return 'unreadable'
  if (type === 'heartbeat') return 'heartbeat'
  const run_id = textOf(payload.run_id) ?? stream.runId
  const conversation_id = textOf(payload.conversation_id) ?? stream.conversationId
  const isForeign =
    (stream.conversationId !== undefined && conversation_id !== stream.conversationId) ||
    (stream.runId !== undefined && run_id !== stream.runId)
  if (isForeign) return 'foreign'
  if (run_id === undefined) return 'unreadable'
  return { id, event: { ...payload, type, run_id, ...(conversation_id && { conversation_id }) } as RunEvent }
}

function parse(data: string): Record<string, unknown> | undefined {
  try {
    const payload: unknown = JSON.parse(data)
    return isRecord(payload) ? payload : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
