import type { Basis, ObjectRef, Undo } from '@fairlead/contract/effect/effect'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ObjectWrite } from '../effect/effect-object.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import type { RiskSignal } from '../effect/risk.ts'
import { apiVersionOf, type Target } from '../kube/discovery/api-resource.ts'
import type { PodStreams } from '../kube/pod-streams/pod-streams.ts'
import type { Write } from '../kube/write.ts'
import type { ToolError } from '../tool/tool-error.ts'
import type { ObjectWritten } from './write-object.ts'

/**
 * What a write tool says of a call: which objects it would change, in the order of writing, and how to look at each. The
 * gate makes all three answers from it. Preview: every object is looked at once. Execution: the same again with the
 * grant's pins, digests compared, then each write with the preconditions of its look. Verification reads the objects of
 * the effect back and needs no plan. A tool never writes; it has no means to.
 *
 * Making a plan resolves types and parses manifests; what cannot be done at all is thrown here or in a look.
 */
export type Plan = {
  objects: readonly PlannedObject[]
  /** The namespace used, for `structuredContent.namespace`. */
  namespace?: string
  /** Values fixed at preview time; `context.pins` holds them again at execution and must be used then. */
  pins?: Readonly<Record<string, unknown>>
  /** One line: `Scale web 3 → 5 in shop`. `looks` are those of all objects, unchanged ones included. */
  summary(objectPlans: readonly ObjectPlan[]): string
  undo(objectPlans: readonly ObjectPlan[]): Undo
  /** Risks and reasons beside the common ones (namespace, kind, deletion, replicas, template, owners, basis, number). */
  signals?(objectPlans: readonly ObjectPlan[]): readonly RiskSignal[]
  /** Stands in `structuredContent.data` of a preview: what helps the approver and is no part of the effect. */
  data?: Readonly<Record<string, unknown>>
  /** Once all is written: `deployment.apps/web scaled 3 -> 5`. */
  report(objectPlans: readonly ObjectPlan[]): string | Report
  /** In place of the list of what failed and why, where the tool knows better words: an exit code, a table of pods. */
  reportFailure?(written: readonly ObjectWritten[]): Report
  /** Waits for what the write set going (a deletion's end); it takes nothing back, and its end is no error. */
  settle?(objectPlans: readonly ObjectPlan[]): Promise<Settled>
}

/** How a tool tells what came of an execution. */
export type Report = Pick<ToolAnswer, 'output' | 'code' | 'data' | 'truncated' | 'warnings'>

/** What waiting came to: replaces the report. `data.done` is false when the time was over first. */
export type Settled = { output: string; data?: Record<string, unknown> }

export type PlannedObject = {
  /**
   * Reads the object now and finds out what the write would do to it, by dry run where the server can. Called for the
   * preview, for the execution, right before the object's own write when others were written first, and again after a
   * conflict: so it must not remember what it saw, but for what it decided to compute itself.
   */
  plan(): Promise<ObjectPlan>
  /** What must hold before the next object is written (a CRD is established). */
  afterWrite?(): Promise<void>
  /** It is written at the same time as its neighbours of which this holds too. */
  isIndependent?: true
}

/** One object as seen now, and how it would be changed. `changes` follow from `before` and `after`. */
export type ObjectPlan = ObjectWrite &
  (ByRequests | ByAct) & {
    target: Target
    signals?: readonly RiskSignal[]
    /** Paths that a rendering makes up anew each time; shown, never compared. */
    generated?: readonly string[]
  }

type ByRequests = {
  basis: Extract<Basis, 'server' | 'computed'>
  /** Sent one after another, each with the uid and resourceVersion of the answer before; the first with those of `before`. */
  writes: readonly WriteStep[]
  /**
   * The server refused the first request before anything happened, as it may not the next time (a disruption budget):
   * waits, and says whether the object is to be looked at and written again.
   */
  waitOut?(refusal: ToolError): Promise<boolean>
}

/** What a server can neither try out nor guard by a precondition. */
type ByAct = { basis: Extract<Basis, 'external'>; act: Act }

/** Carried out once, and never again. */
export type Act = {
  /** Of the object, as access reviews name what is needed for it. */
  subresource: 'exec' | 'portforward'
  /** Resolves when it succeeded. ToolError: it failed, or was not begun; AnswerLost: nobody knows. */
  run(streams: PodStreams): Promise<void>
}

/** A request, or what follows from the answer to the one before. */
export type WriteStep = Write | LaterStep

export type LaterStep = {
  /** Of the request that it will be, where it will be one. */
  verb?: 'patch' | 'delete'
  /**
   * Undefined when nothing is left to do. It may wait; a ToolError fails the object. `live` is what the request is based
   * on where that is not what was answered.
   */
  next(answered: KubeObject): Next | Promise<Next>
  /**
   * All that was approved is done without it, so a server that refuses it fails nothing: what is left undone then, for a
   * warning.
   */
  leftUndone?: string
}

type Next = Write | { write: Write; live: KubeObject } | undefined

/** How effects name an object. `object` is absent for one that is yet to be made. */
export function refOf(cluster: string, { resource, namespace, name }: Target, object?: KubeObject): ObjectRef {
  return {
    cluster,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    ...(resource.namespaced && namespace !== undefined && { namespace }),
    name,
    ...(object?.metadata.uid !== undefined && { uid: object.metadata.uid }),
  }
}
