import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { RunEvent } from '@fairlead/contract/events/run-event'

/**
 * An event by its JSON `type`, else by its name: some servers of this wire leave the one out of their terminal events.
 * Undefined: what is not JSON, or belongs to no run.
 */
export function readRunEvent({ event, data }: ServerEvent): RunEvent | undefined {
  let payload: unknown
  try {
    payload = JSON.parse(data)
  } catch {
    return undefined
  }
  if (typeof payload !== 'object' || payload === null) return undefined
  const { type } = payload as { type?: unknown }
  const name = typeof type === 'string' ? type : event
  return name === undefined || name === 'heartbeat' ? undefined : ({ ...payload, type: name } as RunEvent)
}
