import type { KubeObject } from '../../../effect/kube-object.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import type { Lines } from '../../../output/report.ts'

/**
 * The body of one kind's description, between the head and the events. The object is redacted already. A layout names
 * the fields it reads in a type of its own; the server may leave out any of them.
 */
export type Layout = (object: KubeObject, context: KubeContext) => Lines | Promise<Lines>

/** Views the parts of an object by the types that a layout names. */
export function partsOf<Spec, Status = object>(object: KubeObject): { spec: Partial<Spec>; status: Partial<Status> } {
  return { spec: (object.spec ?? {}) as Partial<Spec>, status: (object.status ?? {}) as Partial<Status> }
}
