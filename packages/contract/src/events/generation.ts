import { z } from 'zod'
import { defineBareEvent, defineEvent } from './define-event.ts'

/** Before each model request. Text and thinking since an earlier start without its completion are void. */
export const generationStart = defineEvent('generation.start', { model: z.string(), tools_available: z.int() })

/** Milliseconds from the run's start to its first thinking, token or tool-call fragment. */
export const ttft = defineEvent('ttft', { duration: z.int() })

export const thinking = defineEvent('thinking', { text: z.string() })

/** A text fragment; `tokens_generated` counts the fragments of this generation. */
export const token = defineBareEvent('token', { text: z.string(), tokens_generated: z.int() })

export const tokenUsage = defineEvent('token.usage', {
  source: z.enum(['main', 'turn_check']),
  model: z.string(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  cached_tokens: z.int().nullable(),
})

export const thinkingComplete = defineEvent('thinking.complete', { content: z.string(), duration_ms: z.int() })

export const generationComplete = defineEvent('generation.complete', {
  content: z.string(),
  tokens_generated: z.int(),
  tool_calls: z.int(),
  thinking_content: z.string().optional(),
})

export const rateLimit = defineEvent('rate_limit', {
  retry_in: z.number(),
  attempt: z.int(),
  max_retries: z.int(),
})

export const transientError = defineEvent('transient_error', {
  error: z.string(),
  retry_in: z.number(),
  attempt: z.int(),
  max_retries: z.int(),
})

/** A part of `runEvent`. */
export const generationEvents = [
  generationStart.payload,
  ttft.payload,
  thinking.payload,
  token.payload,
  tokenUsage.payload,
  thinkingComplete.payload,
  generationComplete.payload,
  rateLimit.payload,
  transientError.payload,
] as const
