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

/**
 * One thing that a person must not miss, found by fixed rules. `object` is the index in `objects`, `path` a JSON Pointer
 * into that object, `fact` a short sentence such as `privileged` or `image evil.example/miner:1`, or the whole text
 * that would run. Not in the digest.
 */
export const highlight = z.object({ object: z.int().min(0), path: z.string(), fact: z.string() })
export type Highlight = z.infer<typeof highlight>

/**
 * One span that is hidden in `changes`, `diff` and `highlights`. `object` is the index in `objects`, `path` a JSON
 * Pointer into that object, `at` where the mark begins in the shown text (UTF-16 units), `bytes` the length of what is
 * hidden, `hash` the first 12 hex digits of its keyed hash. `executable`: the text would end in what runs. Not in the
 * digest.
 */
export const mask = z.object({
  object: z.int().min(0),
  path: z.string(),
  /** Whether the text is in the cluster already (`before`) or would be written (`after`). */
  side: z.enum(['before', 'after']),
  at: z.int().min(0),
  bytes: z.int().min(0),
  hash: z.string().optional(),
  executable: z.boolean(),
  /** The hidden text, for the engine alone: it never leaves the engine. Only of what would be written. */
  sealed: z.string().optional(),
})
export type Mask = z.infer<typeof mask>

export const undo = z.union([
  z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) }),
  z.object({ impossible: z.string() }),
])
export type Undo = z.infer<typeof undo>

export const effect = z.object({
  /** One line, in the words of a person: `Scale web 3 → 5 in shop`. */
  summary: z.string(),
  risk,
  reasons: z.array(z.string()),
  basis,
  /** Nothing refuses the write once its objects have changed, so it is never sent again. `external` says the same. */
  unenforced: z.literal(true).optional(),
  objects: z.array(effectObject),
  /** Shown first. Absent where nobody looked, as with the tools of other servers. */
  highlights: z.array(highlight).optional(),
  /** Absent where nobody said what is hidden, as with the tools of other servers. */
  masks: z.array(mask).optional(),
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

export const verification = z.object({
  verdict,
  waited_ms: z.int(),
  objects: z.array(objectVerdict),
  /** Why nothing could be read, for people. */
  reason: z.string().optional(),
})
export type Verification = z.infer<typeof verification>
