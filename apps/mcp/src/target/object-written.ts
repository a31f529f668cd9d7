import type { EffectObject, ObjectOutcome, ObjectRef } from '@fairlead/contract/effect/effect'
import type { ToolError } from '../tool/tool-error.ts'

/** What became of one object. */
export type ObjectWritten = {
  outcome: ObjectOutcome
  /** The number of the try that decided it. */
  tries: number
  /** Of a failure. */
  error?: ToolError
  /** The object moved away under its write, and nothing was written: the effect is to be computed again. */
  isOvertaken?: true
  /** It is written, but what must hold before the next one does not. */
  blocks?: ToolError
}

export function refOfObject({ cluster, apiVersion, kind, namespace, name, uid }: EffectObject): ObjectRef {
  return {
    cluster,
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(uid !== undefined && { uid }),
  }
}

/** `Deployment shop/web`. */
export function nameOf({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
