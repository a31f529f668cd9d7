import { z } from 'zod'
import { callId, isoTime } from '../ids.ts'
import { defineUserEvent } from './define-event.ts'

const ofCall = { call_id: callId, conversation_id: z.string(), revision: z.int() }
const ofRun = { run_id: z.string(), conversation_id: z.string() }

/** First on every per-user stream; `resumed: false` tells the client to reload what it shows. */
export const userReady = defineUserEvent('ready', { resumed: z.boolean() })

export const approvalPending = defineUserEvent('approval.pending', {
  ...ofCall,
  tool: z.string(),
  title: z.string(),
  given: z.int(),
  required: z.int(),
  expires_at: isoTime.nullable(),
})

export const approvalDecided = defineUserEvent('approval.decided', {
  ...ofCall,
  status: z.enum(['approved', 'denied', 'cancelled']),
  decided_by: z.string().nullable(),
})

export const approvalExpired = defineUserEvent('approval.expired', ofCall)

export const runStarted = defineUserEvent('run.started', ofRun)

export const runEnded = defineUserEvent('run.ended', {
  ...ofRun,
  status: z.enum(['completed', 'awaiting_approval', 'stopped', 'error']),
})

export const conversationCreated = defineUserEvent('conversation.created', {
  conversation_id: z.string(),
  created_at: isoTime,
})

export const userTitleGenerated = defineUserEvent('conversation.title.generated', {
  conversation_id: z.string(),
  title: z.string(),
})

/** A part of `userEvent`. */
export const userEvents = [
  userReady.payload,
  approvalPending.payload,
  approvalDecided.payload,
  approvalExpired.payload,
  runStarted.payload,
  runEnded.payload,
  conversationCreated.payload,
  userTitleGenerated.payload,
] as const
