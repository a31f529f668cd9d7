import { z } from 'zod'
import { heartbeat } from './run.ts'
import {
  approvalDecided,
  approvalExpired,
  approvalPending,
  conversationCreated,
  runEnded,
  runStarted,
  userReady,
  userTitleGenerated,
} from './user.ts'

/** The vocabulary of the per-user stream. */
export const userEvent = z.discriminatedUnion('type', [
  userReady.payload,
  heartbeat.payload,
  approvalPending.payload,
  approvalDecided.payload,
  approvalExpired.payload,
  runStarted.payload,
  runEnded.payload,
  conversationCreated.payload,
  userTitleGenerated.payload,
])
export type UserEvent = z.infer<typeof userEvent>
