import { z } from 'zod'
import { heartbeat } from './run.ts'
import { userEvents } from './user.ts'

/** The vocabulary of the per-user stream. */
export const userEvent = z.discriminatedUnion('type', [heartbeat.payload, ...userEvents])
export type UserEvent = z.infer<typeof userEvent>
