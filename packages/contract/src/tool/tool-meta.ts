import { z } from 'zod'
import { effect, objectOutcome, verification } from '../effect/effect.ts'

/** Keys of `params._meta` that only servers of ours understand; no other server is ever sent one. */
export const metaKeys = {
  identity: 'dev.fairlead/identity',
  preview: 'dev.fairlead/preview',
  rights: 'dev.fairlead/rights',
  grant: 'dev.fairlead/grant',
  verify: 'dev.fairlead/verify',
  progress: 'dev.fairlead/progress',
} as const

export const toolsets = ['k8s', 'helm', 'argo', 'jenkins'] as const
export type Toolset = (typeof toolsets)[number]

export const toolAnnotations = z.looseObject({
  title: z.string().optional(),
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
})
export type ToolAnnotations = z.infer<typeof toolAnnotations>

export type JsonSchema = { [key: string]: unknown }

/** The three things of a tool that the gate trusts once they are pinned. */
export type ToolShape = { name: string; inputSchema: JsonSchema; annotations?: ToolAnnotations }

/** Codes that begin an error text of our tool server: `<Code>: <what failed>. <what to do>`. */
export const toolErrorCode = z.enum([
  'InvalidArgument',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Forbidden',
  'Unauthorized',
  'Invalid',
  'TooManyRequests',
  'Timeout',
  'Cancelled',
  'Unavailable',
  'NotInstalled',
  'Refused',
  'TooLargeToConfirm',
  'UNMASK_FIRST',
  'Stale',
  'Unknown',
  'Upstream',
  'Internal',
])
export type ToolErrorCode = z.infer<typeof toolErrorCode>

/** One request that an execution would make, as an access review names it. */
export const accessRequest = z.object({
  verb: z.string(),
  group: z.string(),
  resource: z.string(),
  subresource: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
})
export type AccessRequest = z.infer<typeof accessRequest>

/** `structuredContent` of every answer of our tool server; `output` and `error` are wire, the rest is ours. */
export const toolAnswer = z.looseObject({
  output: z.string(),
  error: z.boolean(),
  code: toolErrorCode.optional(),
  hint: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  truncated: z.boolean().optional(),
  total_items: z.int().optional(),
  returned_items: z.int().optional(),
  continue_token: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  namespace: z.string().optional(),
  cluster: z.string().optional(),
  dry_run: z.boolean().optional(),
  diff: z.string().optional(),
  effect: effect.optional(),
  args_digest: z.string().optional(),
  effect_digest: z.string().optional(),
  rights: z.array(z.object({ user: z.string(), allowed: z.boolean(), missing: z.array(accessRequest) })).optional(),
  outcome: z.enum(['succeeded', 'failed', 'unknown', 'stale']).optional(),
  objects: z.array(objectOutcome).optional(),
  tries: z.int().optional(),
  verification: verification.optional(),
})
export type ToolAnswer = z.infer<typeof toolAnswer>

/** The value of `_meta["dev.fairlead/verify"]`: objects and pins as in the effect, `diff` left out. */
export const verifyRequest = z.object({
  effect_digest: z.string(),
  objects: effect.shape.objects,
  pins: effect.shape.pins,
  wait_seconds: z.int().min(0).max(270),
})
export type VerifyRequest = z.infer<typeof verifyRequest>

/** The value of `_meta["dev.fairlead/progress"]` of a progress notice. */
export const progressNotice = z.object({
  seq: z.int().min(1),
  stream: z.enum(['stdout', 'stderr', 'status']),
  text: z.string(),
})
export type ProgressNotice = z.infer<typeof progressNotice>
