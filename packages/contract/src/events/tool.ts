import { z } from 'zod'
import { argsRecord, callClass, required, resultBlock, taintMark, vote } from '../call/call.ts'
import { effect, objectOutcome, verification } from '../effect/effect.ts'
import { callId, epochMs, isoTime, sha256Hex } from '../ids.ts'
import { toolAnnotations } from '../tool/tool-meta.ts'
import { defineEvent } from './define-event.ts'

const named = { call_id: callId, tool: z.string(), title: z.string() }
const called = { ...named, args: argsRecord }

/** All calls of a fresh turn but `load_toolset`, once, when the gate starts on it. */
export const toolsPending = defineEvent('tools.pending', {
  tools: z.array(
    z.object({
      ...called,
      requires_approval: z.boolean(),
      timestamp: epochMs,
      class: callClass,
      args_digest: sha256Hex,
      annotations: toolAnnotations,
    }),
  ),
})

export const toolAwaitingApproval = defineEvent('tool.awaiting_approval', {
  ...called,
  /** `approval_decisions`: the turn's decided calls. */
  context: z.object({ conversation_id: z.string(), approval_decisions: z.record(z.string(), z.boolean()) }),
  args_digest: sha256Hex,
  effect_digest: sha256Hex,
  effect,
  revision: z.int().min(1),
  expires_at: isoTime.nullable(),
  required,
  votes: z.array(vote),
  policies: z.array(z.string()),
  taint: z.array(taintMark).optional(),
})

/** An approving vote on a call that needs more than one, the last included. */
export const approvalVote = defineEvent('approval.vote', {
  call_id: callId,
  given: z.int(),
  required: z.int(),
  by: z.string(),
})

export const toolApproved = defineEvent('tool.approved', {
  ...called,
  decided_by: z.string(),
  effect_digest: sha256Hex,
  revision: z.int(),
})

/** A person refused, or the call was closed unexecuted (`expired`, `superseded`). */
export const toolDenied = defineEvent('tool.denied', {
  ...called,
  reason: z.string().optional(),
  decided_by: z.string().optional(),
  policies: z.array(z.string()).optional(),
})

/** For a write its attempt is committed; once per revision. */
export const toolExecuting = defineEvent('tool.executing', called)

export const toolProgress = defineEvent('tool.progress', {
  call_id: callId,
  seq: z.int().min(1),
  stream: z.enum(['stdout', 'stderr', 'status']),
  text: z.string(),
})

/** The effect at execution is not the approved one; nothing was written. */
export const toolStale = defineEvent('tool.stale', { ...named, reason: z.string(), revision: z.int() })

export const toolResult = defineEvent('tool.result', {
  ...named,
  result: z.array(resultBlock),
  outcome: z.literal('succeeded'),
  recovered: z.literal(true).optional(),
  objects: z.array(objectOutcome).optional(),
})

export const toolError = defineEvent('tool.error', {
  ...named,
  error: z.string(),
  outcome: z.enum(['failed', 'unknown']),
  recovered: z.literal(true).optional(),
  objects: z.array(objectOutcome).optional(),
})

/** What reading the cluster back says about an executed write. */
export const toolVerified = defineEvent('tool.verified', { call_id: callId, ...verification.shape })

/** A part of `runEvent`. */
export const toolEvents = [
  toolsPending.payload,
  toolAwaitingApproval.payload,
  approvalVote.payload,
  toolApproved.payload,
  toolDenied.payload,
  toolExecuting.payload,
  toolProgress.payload,
  toolStale.payload,
  toolResult.payload,
  toolError.payload,
  toolVerified.payload,
] as const
