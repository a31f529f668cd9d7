import { z } from 'zod'
import { callId, isoTime, sha256Hex } from '../ids.ts'

export const callClass = z.enum(['read', 'write'])
export type CallClass = z.infer<typeof callClass>

/** Statuses of a call in timeline and events; they only move forward within a revision. */
export const callStatus = z.enum([
  'pending',
  'awaiting_approval',
  'approved',
  'executing',
  'completed',
  'error',
  'denied',
  'cancelled',
  'expired',
  'unknown',
])
export type CallStatus = z.infer<typeof callStatus>

/** What must hold before a call counts as approved. */
export const required = z.object({
  approvers: z.int().min(1),
  not_requester: z.boolean(),
  role: z.enum(['approver', 'admin']).optional(),
  reason: z.boolean(),
  passkey: z.boolean(),
})
export type Required = z.infer<typeof required>

/** One approving vote: the voter's e-mail and when. */
export const vote = z.object({ by: z.string(), at: isoTime })
export type Vote = z.infer<typeof vote>

/** A value of a write that first appeared in tool output: JSON Pointer into the arguments, and the call it came from. */
export const taintMark = z.object({ path: z.string(), source_call_id: callId })
export type TaintMark = z.infer<typeof taintMark>

export const argsRecord = z.record(z.string(), z.unknown())

/** A body that is too large for the wire is kept whole in a blob. */
export const blobRef = z.object({ sha256: sha256Hex, bytes: z.int() })
export type BlobRef = z.infer<typeof blobRef>

/** One content block of a tool's result. */
export const resultBlock = z.looseObject({ type: z.string(), text: z.string().optional(), blob: blobRef.optional() })
export type ResultBlock = z.infer<typeof resultBlock>
