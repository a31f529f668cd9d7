import { z } from 'zod'
import { callStatus, required, vote } from '../call/call.ts'
import { effect } from '../effect/effect.ts'
import { isoTime, sha256Hex } from '../ids.ts'
import { defineEndpoint } from './define-endpoint.ts'

/** A person's decision on one call. A digest that is given must be the pending one. */
export const decisionInput = z.object({
  approve: z.boolean(),
  reason: z.string().max(500).nullish(),
  args_digest: sha256Hex.nullish(),
  effect_digest: sha256Hex.nullish(),
  /** The token of `getUnmasked`: proof that the decider had the text that the effect hides. */
  shown: z.string().max(1000).nullish(),
})
export type DecisionInput = z.infer<typeof decisionInput>

/** What a person who may decide sees of a call, and nothing else of its conversation. */
export const approvalItem = z.object({
  call_id: z.string(),
  conversation_id: z.string(),
  requester: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  /** First line of the user's message, redacted, at most 200 characters. */
  request: z.string(),
  tool: z.string(),
  title: z.string(),
  effect: effect.nullable(),
  args_digest: sha256Hex,
  effect_digest: sha256Hex.nullable(),
  revision: z.int(),
  status: callStatus,
  required,
  votes: z.array(vote),
  policies: z.array(z.string()),
  taint: z.array(z.object({ path: z.string() })).optional(),
  expires_at: isoTime.nullable(),
  /** When this revision began to wait. */
  asked_at: isoTime.optional(),
})
export type ApprovalItem = z.infer<typeof approvalItem>

const boundDecision = decisionInput.extend({ args_digest: sha256Hex, effect_digest: sha256Hex })

export const listApprovals = defineEndpoint({
  method: 'GET',
  path: '/approvals',
  access: 'user',
  answers: 'json',
  query: z.object({
    status: z.literal('pending').default('pending'),
    limit: z.coerce.number().int().min(1).max(50).default(20),
    cursor: z.string().optional(),
  }),
  output: z.object({ items: z.array(approvalItem), next_cursor: z.string().nullable() }),
})

export const getApproval = defineEndpoint({
  method: 'GET',
  path: '/approvals/:call_id',
  access: 'whoever-may-decide',
  answers: 'json',
  params: z.object({ call_id: z.string() }),
  output: approvalItem,
})

/** The effect with the text that would be written in place of each mask, and the proof that the caller had it. */
export const getUnmasked = defineEndpoint({
  method: 'GET',
  path: '/approvals/:call_id/unmasked',
  access: 'whoever-may-decide',
  answers: 'json',
  params: z.object({ call_id: z.string() }),
  output: z.object({ effect, shown: z.string() }),
})

/** Lines of one object's diff, where the effect was too large to hold it (`diff_omitted`). */
export const getDiff = defineEndpoint({
  method: 'GET',
  path: '/approvals/:call_id/diff',
  access: 'whoever-may-decide',
  answers: 'json',
  params: z.object({ call_id: z.string() }),
  query: z.object({
    object: z.coerce.number().int().min(0).default(0),
    from: z.coerce.number().int().min(0).default(0),
    lines: z.coerce.number().int().min(1).max(2000).default(500),
  }),
  output: z.object({ object: z.int(), from: z.int(), lines: z.array(z.string()), total: z.int() }),
})

export const decideApproval = defineEndpoint({
  method: 'POST',
  path: '/approvals/:call_id/decision',
  access: 'whoever-may-decide',
  answers: 'json',
  params: z.object({ call_id: z.string() }),
  input: boundDecision,
  output: z.object({ status: callStatus, votes: z.array(vote), required }),
})

export const decideApprovals = defineEndpoint({
  method: 'POST',
  path: '/approvals/decisions',
  access: 'user',
  answers: 'json',
  input: z.object({
    decisions: z
      .array(boundDecision.extend({ call_id: z.string() }))
      .min(1)
      .max(100),
  }),
  output: z.object({
    results: z.array(
      z.union([
        z.object({ call_id: z.string(), status: callStatus }),
        z.object({ call_id: z.string(), error: z.looseObject({ status: z.int(), detail: z.unknown() }) }),
      ]),
    ),
  }),
})

export const approvalEndpoints = {
  listApprovals,
  getApproval,
  getUnmasked,
  getDiff,
  decideApproval,
  decideApprovals,
} as const
