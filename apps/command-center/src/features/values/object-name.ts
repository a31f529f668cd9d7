import type { ObjectRef } from '@fairlead/contract/effect/effect'

type Named = Pick<ObjectRef, 'kind' | 'namespace' | 'name'>

/** `Deployment shop/web`. */
export function objectName({ kind, namespace, name }: Named): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`.trim()
}

/** The same object in two effects, whether or not it was created again in between. */
export function objectKey(ref: Named & Pick<ObjectRef, 'cluster' | 'apiVersion'>): string {
  return JSON.stringify([ref.cluster, ref.apiVersion, ref.kind, ref.namespace ?? '', ref.name])
}
