import type { KubeList, KubeObject } from '../../effect/kube-object.ts'
import { serverItself } from '../../kube/caller.ts'
import type { Cluster } from '../../kube/cluster.ts'
import { ApiError } from '../../kube/http/api-error.ts'
import { getWithRetry, sendOnce } from '../../kube/http/http.ts'
import { baseUserAgent } from '../../kube/kube.ts'

const TIMEOUT_MS = 3_000
const LIST_TIMEOUT_MS = 60_000

/** Leases of one namespace, written by the server's own account. `purpose` ends the user agent of a request. */
export type Leases = {
  /** Throws ApiError `AlreadyExists` for a name that is taken. */
  create(name: string, purpose: string, labels: Readonly<Record<string, string>>): Promise<KubeObject>
  /** Undefined when it is not there. */
  find(name: string): Promise<KubeObject | undefined>
  list(label: string, purpose: string): Promise<readonly KubeObject[]>
  /** Also when it is not there. */
  remove(name: string, purpose: string): Promise<void>
}

export function createLeases(cluster: Cluster, namespace: string): Leases {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
  const asServer = (purpose?: string, timeoutMs = TIMEOUT_MS) => ({
    caller: serverItself,
    userAgent: purpose === undefined ? baseUserAgent : `${baseUserAgent} ${purpose}`,
    signal: AbortSignal.timeout(timeoutMs),
  })
  return {
    async create(name, purpose, labels) {
      const manifest = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'fairlead', ...labels } },
      }
      const { body } = await sendOnce(cluster, {
        method: 'POST',
        path,
        contentType: 'application/json',
        body: JSON.stringify(manifest),
        ...asServer(purpose),
      })
      return body as KubeObject
    },
    async find(name) {
      try {
        const { body } = await getWithRetry(cluster, { path: `${path}/${name}`, ...asServer() })
        return (await body.json()) as KubeObject
      } catch (error) {
        if (!isCode(error, 'NotFound')) throw error
        return undefined
      }
    },
    async list(label, purpose) {
      const query = `labelSelector=${label}&limit=500`
      const { body } = await getWithRetry(cluster, { path: `${path}?${query}`, ...asServer(purpose, LIST_TIMEOUT_MS) })
      return ((await body.json()) as KubeList).items
    },
    async remove(name, purpose) {
      try {
        await sendOnce(cluster, { method: 'DELETE', path: `${path}/${name}`, ...asServer(purpose) })
      } catch (error) {
        if (!isCode(error, 'NotFound')) throw error
      }
    },
  }
}

export function isCode(error: unknown, code: ApiError['code']): boolean {
  return error instanceof ApiError && error.code === code
}
