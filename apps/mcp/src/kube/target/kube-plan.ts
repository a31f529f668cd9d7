import type { Basis, ObjectRef } from '@fairlead/contract/effect/effect'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { ObjectPlan, Plan, PlannedObject } from '../../target/plan.ts'
import type { ToolError } from '../../tool/tool-error.ts'
import { apiVersionOf, type Target } from '../discovery/api-resource.ts'
import type { PodStreams } from '../pod-streams/pod-streams.ts'
import type { Write } from '../write.ts'

export type KubePlan = Plan<KubeObjectPlan>
export type KubePlannedObject = PlannedObject<KubeObjectPlan>

/** An object of the API and the requests that write it, or what is carried out in a pod. */
export type KubeObjectPlan = ObjectPlan & (ByRequests | ByAct) & { target: Target }

export type ByRequests = {
  basis: Extract<Basis, 'server' | 'computed'>
  /** Sent one after another, each with the uid and resourceVersion of the answer before; the first with those of `before`. */
  writes: readonly WriteStep[]
  /**
   * The server refused the first request before anything happened, as it may not the next time (a disruption budget):
   * waits, and says whether the object is to be planned and written again.
   */
  waitOut?(refusal: ToolError): Promise<boolean>
}

/** What a server can neither try out nor guard by a precondition. */
export type ByAct = { basis: Extract<Basis, 'external'>; act: Act }

/** Carried out once, and never again. */
export type Act = {
  /** Of the object, as access reviews name what is needed for it. */
  subresource: 'exec' | 'portforward'
  /** Resolves when it succeeded. ToolError: it failed, or was not begun; AnswerLost: nobody knows. */
  run(streams: PodStreams): Promise<void>
}

/** A plan of requests. */
export type RequestsPlan = Extract<KubeObjectPlan, ByRequests>

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
