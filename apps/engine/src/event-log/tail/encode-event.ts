import type { RunEvent, RunEventBody } from '@fairlead/contract/events/run-event'
import type { TailEntry } from './live-tail.ts'

export type RunIds = { run_id: string; conversation_id: string }

/** The event as the wire has it: `type` first, the run's ids, the time (but on text pieces), its own fields. */
export function wireEvent({ run_id, conversation_id }: RunIds, body: RunEventBody, at: number): RunEvent {
  const { type, ...own } = body
  const time = type === 'token' ? undefined : { timestamp: at }
  return { type, run_id, conversation_id, ...time, ...own } as RunEvent
}

export function encodeEvent(id: number, event: RunEvent): TailEntry {
  return { id, type: event.type, data: JSON.stringify(event) }
}
