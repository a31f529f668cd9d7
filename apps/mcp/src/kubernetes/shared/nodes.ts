import type { KubeObject } from '../../effect/kube-object.ts'

/** As many as a cluster of Kubernetes can have. */
export const mostNodes = 5000

/** By labels `node-role.kubernetes.io/ROLE`. */
export function rolesOf({ metadata }: KubeObject): string[] {
  return Object.keys(metadata.labels ?? {}).flatMap(
    (label) => label.match(/^node-role\.kubernetes\.io\/(.+)/)?.[1] ?? [],
  )
}

export function isReadyNode({ status }: KubeObject): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: { type: string; status: string }[] }
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}

/** What the kubelet of a node answers itself, through the API server. */
export function nodeProxyPath(node: string, path: string): string {
  return `/api/v1/nodes/${encodeURIComponent(node)}/proxy/${path}`
}
