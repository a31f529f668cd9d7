import { z } from 'zod'
import { defineEvent, defineUserEvent } from './define-event.ts'

export const ready = defineEvent('ready', {})
/** After 15 s of silence; part of no run's record, so it has no id. */
export const heartbeat = defineUserEvent('heartbeat', {})

export const workflowFailed = defineEvent('workflow.error', { error: z.string() })

/** First terminal event; a pause for approval has status `completed` too. */
export const completed = defineEvent('completed', {
  status: z.enum(['completed', 'stopped', 'error']),
  duration: z.number(),
  duration_ms: z.int(),
})

/** Second terminal event of a run that did not fail. */
export const workflowComplete = defineEvent('workflow_complete', {
  status: z.enum(['completed', 'awaiting_approval', 'stopped']),
  result: z.object({
    done: z.literal(true),
    awaiting_approval: z.literal(true).optional(),
    stopped: z.literal(true).optional(),
  }),
})

/** Second terminal event of a failed run. */
export const workflowError = defineEvent('workflow_error', { error: z.string(), status: z.literal('error') })

/** The stream itself failed: neither live tail nor record can be read. Terminal. */
export const streamError = defineEvent('error', { error: z.string(), status: z.literal('error') })

export const titleGenerated = defineEvent('conversation.title.generated', { title: z.string() })

/** A part of `runEvent`. */
export const lifeEvents = [
  ready.payload,
  titleGenerated.payload,
  workflowFailed.payload,
  completed.payload,
  workflowComplete.payload,
  workflowError.payload,
  streamError.payload,
] as const
