import { z } from 'zod'

export const risk = z.enum(['low', 'medium', 'high'])
export type Risk = z.infer<typeof risk>

/** How the effect was computed: a dry run by the API server; by us; a system without dry run; a tool nobody vouches for. */
export const basis = z.enum(['server', 'computed', 'external', 'unknown'])
export type Basis = z.infer<typeof basis>

/** Names one object of an effect; outside a cluster `cluster` is `""`. */
export const objectRef = z.object({
  cluster: z.string(),
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  uid: z.string().optional(),
})
export type ObjectRef = z.infer<typeof objectRef>

/** One semantic change: a JSON Pointer; an absent `before` or `after` means "not there". */
export const change = z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })
export type Change = z.infer<typeof change>

export const objectAction = z.enum(['create', 'update', 'delete', 'restart', 'exec', 'invoke'])
export type ObjectAction = z.infer<typeof objectAction>

export const effectObject = objectRef.extend({
  action: objectAction,
  changes: z.array(change),
  /** For people: what the list elements are called that paths of `changes` lead through, by pointer; not in the digest. */
  elements: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))).optional(),
  /** Unified YAML diff for people; not in the digest. Left out when the whole effect is too large to send. */
  diff: z.string().optional(),
})
export type EffectObject = z.infer<typeof effectObject>

export const undo = z.union([
  z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) }),
  z.object({ impossible: z.string() }),
])
export type Undo = z.infer<typeof undo>

export const effect = z.object({
  /** One line: `scale Deployment shop/web 3 -> 5`. */
  summary: z.string(),
  risk,
  reasons: z.array(z.string()),
  basis,
  objects: z.array(effectObject),
  /** Paths that differ between two renderings; shown, never compared. */
  generated: z.array(z.string()),
  /** Values fixed at preview time that the execution must use. */
  pins: z.record(z.string(), z.unknown()),
  undo: undo.optional(),
  diff_omitted: z.literal(true).optional(),
})
export type Effect = z.infer<typeof effect>

export const outcome = z.enum(['succeeded', 'failed', 'unknown'])
export type Outcome = z.infer<typeof outcome>

/** What became of one object of a write. */
export const objectOutcome = z.object({ ref: objectRef, outcome, error: z.string().optional() })
export type ObjectOutcome = z.infer<typeof objectOutcome>

export const verdict = z.enum(['as_approved', 'differs', 'not_yet', 'unreadable'])
export type Verdict = z.infer<typeof verdict>

export const difference = z.object({
  path: z.string(),
  approved: z.unknown().optional(),
  actual: z.unknown().optional(),
})

/** What reading one object back says. `at` tells which side of the approved changes it stands on. */
export const objectVerdict = z.object({
  ref: objectRef,
  verdict,
  at: z.enum(['after', 'before', 'neither']).optional(),
  differences: z.array(difference),
})
export type ObjectVerdict = z.infer<typeof objectVerdict>

export const verification = z.object({ verdict, waited_ms: z.int(), objects: z.array(objectVerdict) })
export type Verification = z.infer<typeof verification>
