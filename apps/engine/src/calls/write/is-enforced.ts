import type { Effect } from '@fairlead/contract/effect/effect'

/** Tools that write through the Kubernetes API themselves, object by object; Argo CD has an API of its own. */
const kubernetesFamilies = /^(k8s_|argo_(?!cd_))/

const enforcedActions = new Set(['create', 'update', 'delete', 'restart'])

/**
 * Whether the target system itself refuses the write a second time. Only the API server of a cluster does: it compares uid
 * and resourceVersion, and a creation is a POST that conflicts. Helm and Jenkins compare nothing, whatever objects their
 * effect names, so the family decides first; then every object must be one of the API server that is written, not
 * commanded. What is not known for sure is not enforced: its outcome stays unknown, and it is never sent twice.
 */
export function isEnforced(
  tool: string,
  { basis, objects, unenforced }: Pick<Effect, 'basis' | 'objects' | 'unenforced'>,
): boolean {
  // The tool server says so itself where its target system compares nothing.
  if (unenforced) return false
  if (!kubernetesFamilies.test(tool)) return false
  if (basis !== 'server' && basis !== 'computed') return false
  return (
    objects.length > 0 &&
    objects.every(({ action, cluster, apiVersion, kind }) => {
      const isKubernetes = cluster !== '' && /^([a-z0-9.-]+\/)?v\d/.test(apiVersion) && kind !== ''
      return isKubernetes && enforcedActions.has(action)
    })
  )
}
