import { z } from 'zod'
import { effect, objectOutcome, outcome, verification } from '../effect/effect.ts'
import { callId, epochMs, isoTime, sha256Hex } from '../ids.ts'
import { argsRecord, blobRef, callClass, callStatus, required, resultBlock, taintMark, vote } from './call.ts'

/** A tool call as the timeline shows it. */
export const toolExecution = z.object({
  call_id: callId,
  tool: z.string(),
  title: z.string(),
  args: argsRecord,
  status: callStatus,
  requires_approval: z.boolean(),
  timestamp: epochMs,
  result: z.array(resultBlock).optional(),
  error: z.string().optional(),
  class: callClass,
  args_digest: sha256Hex,
  decided_by: z.string().optional(),
  decided_at: isoTime.optional(),
  reason: z.string().optional(),
  started_at: isoTime.optional(),
  ended_at: isoTime.optional(),
  effect: effect.optional(),
  effect_digest: sha256Hex.optional(),
  revision: z.int().optional(),
  expires_at: isoTime.nullable().optional(),
  required: required.optional(),
  votes: z.array(vote).optional(),
  policies: z.array(z.string()).optional(),
  taint: z.array(taintMark).optional(),
  outcome: outcome.optional(),
  recovered: z.literal(true).optional(),
  objects: z.array(objectOutcome).optional(),
  verdict: verification.optional(),
  progress: z.object({ bytes: z.int(), blob: blobRef }).optional(),
})
export type ToolExecution = z.infer<typeof toolExecution>

export const segment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), id: z.string(), text: z.string(), timestamp: epochMs }),
  z.object({
    kind: z.literal('thinking'),
    id: z.string(),
    text: z.string(),
    isComplete: z.literal(true),
    durationMs: z.int(),
    timestamp: epochMs,
  }),
  z.object({ kind: z.literal('tool'), id: callId, toolExecution, timestamp: epochMs }),
])
export type Segment = z.infer<typeof segment>

/** Usage of all runs of one assistant message; cost in US dollars. */
export const messageUsage = z.object({
  model: z.string(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  cached_tokens: z.int(),
  cost: z.number(),
  ttft_ms: z.int().nullable(),
  ttr_ms: z.int().nullable(),
})
export type MessageUsage = z.infer<typeof messageUsage>

export const timelineMessage = z.discriminatedUnion('type', [
  z.object({ id: z.string(), type: z.literal('user'), content: z.string(), timestamp: epochMs }),
  z.object({
    id: z.string(),
    type: z.literal('assistant'),
    content: z.string(),
    timestamp: epochMs,
    segments: z.array(segment),
    token_usage: messageUsage.optional(),
    error: z.string().optional(),
    stopped: z.literal(true).optional(),
    run_ids: z.array(z.string()),
  }),
])
export type TimelineMessage = z.infer<typeof timelineMessage>
