import { z } from 'zod'
import { generationEvents } from './generation.ts'
import { lifeEvents } from './run.ts'
import { toolEvents } from './tool.ts'

/** The vocabulary of a run's stream. A stored type is added to, never changed. */
export const runEvent = z.discriminatedUnion('type', [...lifeEvents, ...generationEvents, ...toolEvents])
export type RunEvent = z.infer<typeof runEvent>
export type RunEventType = RunEvent['type']

type Own<E> = E extends RunEvent ? Omit<E, 'run_id' | 'conversation_id' | 'timestamp'> : never
/** An event as the loop makes it: the run's ids and the time are added where it is recorded. */
export type RunEventBody = Own<RunEvent>
