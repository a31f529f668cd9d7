import type { Basis, Undo } from '@fairlead/contract/effect/effect'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ObjectWrite } from '../effect/effect-object.ts'
import type { RiskSignal } from '../effect/risk.ts'
import type { ObjectWritten } from './object-written.ts'

/**
 * What a write tool says of a call: which objects it would change, in the order of writing, and how to plan each. The
 * gate makes all three answers from it. Preview: every object is planned once. Execution: the same again with the
 * grant's pins, digests compared, then each object is sent to its target system. Verification reads the objects of
 * the effect back and needs no plan. A tool never writes; it has no means to.
 *
 * `ObjectPlans` is what the target system of the tool makes of an object; the gate reads no more than the common part.
 * Making a plan resolves types and parses manifests; what cannot be done at all is thrown here or by an object's `plan`.
 */
export type Plan<Planned extends ObjectPlan = ObjectPlan> = {
  objects: readonly PlannedObject<Planned>[]
  /** The namespace used, for `structuredContent.namespace`. */
  namespace?: string
  /** Values fixed at preview time; `context.pins` holds them again at execution and must be used then. */
  pins?: Readonly<Record<string, unknown>>
  /** One line: `Scale web 3 → 5 in shop`. `objectPlans` are those of all objects, unchanged ones included. */
  summary(objectPlans: readonly Planned[]): string
  undo(objectPlans: readonly Planned[]): Undo
  /** Risks and reasons beside the common ones (namespace, kind, deletion, replicas, template, owners, basis, number). */
  signals?(objectPlans: readonly Planned[]): readonly RiskSignal[]
  /** Stands in `structuredContent.data` of a preview: what helps the approver and is no part of the effect. */
  data?: Readonly<Record<string, unknown>>
  /** Once all is written: `deployment.apps/web scaled 3 -> 5`. */
  report(objectPlans: readonly Planned[]): string | Report
  /** In place of the list of what failed and why, where the tool knows better words: an exit code, a table of pods. */
  reportFailure?(written: readonly ObjectWritten[]): Report
  /** Waits for what the write set going (a deletion's end); it takes nothing back, and its end is no error. */
  settle?(objectPlans: readonly Planned[]): Promise<Settled>
}

/** What a tool says of an execution. */
export type Report = Pick<ToolAnswer, 'output' | 'code' | 'data' | 'truncated' | 'warnings'>

/** What waiting came to: replaces the report. `data.done` is false when the time was over first. */
export type Settled = { output: string; data?: Record<string, unknown> }

export type PlannedObject<Planned extends ObjectPlan = ObjectPlan> = {
  /**
   * Reads the object now and finds out what the write would do to it, by dry run where the system can. Called for the
   * preview, for the execution, right before the object's own write when others were written first, and again after a
   * conflict: so it must not remember what it saw, but for what it decided to compute itself.
   */
  plan(): Promise<Planned>
  /** What must hold before the next object is written (a CRD is established). */
  afterWrite?(): Promise<void>
  /** It is written at the same time as its neighbours of which this holds too. */
  isIndependent?: true
}

/** One object as it is now, and how it would be changed. `changes` follow from `before` and `after`. */
export type ObjectPlan = ObjectWrite & {
  basis: Exclude<Basis, 'unknown'>
  signals?: readonly RiskSignal[]
  /** What beside its changes must still be so when it is written. */
  pins?: Readonly<Record<string, unknown>>
  /** Paths that each rendering fills with other values. Shown, never compared. */
  generated?: readonly string[]
}
