import { z } from 'zod'
import { epochMs } from '../ids.ts'

/** What every event of a run carries beside its own fields; `type` repeats the event's name for line-based clients. */
const runFields = { run_id: z.string(), conversation_id: z.string(), timestamp: epochMs }

/** Declares an event of a run's stream: its wire name and its own fields. */
export function defineEvent<const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return { name, payload: z.object({ type: z.literal(name), ...runFields, ...shape }) }
}

/** Declares an event that carries no `timestamp`: the text pieces, whose number makes every byte count. */
export function defineBareEvent<const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  const { run_id, conversation_id } = runFields
  return { name, payload: z.object({ type: z.literal(name), run_id, conversation_id, ...shape }) }
}

/** Declares an event of the per-user stream, which belongs to no run. */
export function defineUserEvent<const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return { name, payload: z.object({ type: z.literal(name), timestamp: epochMs, ...shape }) }
}
