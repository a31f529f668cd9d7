import { ApiError } from '../kube/api-error.ts'
import { serverItself } from '../kube/caller.ts'
import type { Cluster } from '../kube/cluster.ts'
import { getWithRetry, sendOnce } from '../kube/http.ts'
import { baseUserAgent } from '../kube/kube.ts'
import type { KubeList, KubeObject } from '../kube/kube-object.ts'
import { REMEMBER_SECONDS, type UsedGrants } from './used-grants.ts'

const MARK = 'fairlead-grant-store'
const LABEL = 'fairlead.dev/used-grant'
const SWEEP_MS = 60_000
const TIMEOUT_MS = 3_000

/**
 * For several replicas without Redis: creating a Lease is the atomic step. Swept leases are too old to be of any grant
 * that still lives; the mark never is.
 */
export async function connectLeaseUsedGrants({
  cluster,
  namespace,
  report,
  now = Date.now,
}: {
  cluster: Cluster
  namespace: string
  report: (fault: unknown) => void
  now?: () => number
}): Promise<UsedGrants> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
  const create = async (name: string, userAgent: string, labels: Record<string, string>): Promise<KubeObject> => {
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
      caller: serverItself,
      userAgent: `${baseUserAgent} ${userAgent}`,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return body as KubeObject
  }
  const readMark = async (userAgent: string): Promise<KubeObject> => {
    try {
      const { body } = await getWithRetry(cluster, {
        path: `${path}/${MARK}`,
        caller: serverItself,
        userAgent: baseUserAgent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return (await body.json()) as KubeObject
    } catch (error) {
      if (!isCode(error, 'NotFound')) throw error
    }
    try {
      return await create(MARK, userAgent, {})
    } catch (error) {
      if (!isCode(error, 'AlreadyExists')) throw error
      return readMark(userAgent)
    }
  }
  const sweep = async (): Promise<void> => {
    const request = { caller: serverItself, userAgent: `${baseUserAgent} sweep`, signal: AbortSignal.timeout(SWEEP_MS) }
    const { body } = await getWithRetry(cluster, { ...request, path: `${path}?labelSelector=${LABEL}&limit=500` })
    const { items } = (await body.json()) as KubeList
    const old = items.filter(({ metadata }) => now() - createdAt(metadata) > REMEMBER_SECONDS * 1000)
    for (const { metadata } of old) {
      await sendOnce(cluster, { ...request, method: 'DELETE', path: `${path}/${metadata.name}` }).catch((error) => {
        if (!isCode(error, 'NotFound')) throw error
      })
    }
  }
  // Made at the start, so that the first grant after an installation is good.
  await readMark('sweep').catch(report)
  const sweeping = setInterval(() => void sweep().catch(report), SWEEP_MS)
  sweeping.unref()
  return {
    kind: 'kubernetes',
    async spend(id, issuedAt) {
      try {
        await create(`grant-${id}`, `grant/${id}`, { [LABEL]: 'true' })
      } catch (error) {
        if (isCode(error, 'AlreadyExists')) return 'used'
        throw error
      }
      // Read after the lease was made: leases lost before that moment have taken the mark with them.
      const mark = await readMark(`grant/${id}`)
      // The server's time has whole seconds, so a grant of the mark's own second counts as older; and so does any where the
      // mark does not say its time.
      return Math.floor(issuedAt) * 1000 > createdAt(mark.metadata) ? 'spent' : 'before_start'
    },
    async close() {
      clearInterval(sweeping)
    },
  }
}

function createdAt({ creationTimestamp = '' }: KubeObject['metadata']): number {
  return Date.parse(creationTimestamp)
}

function isCode(error: unknown, code: ApiError['code']): boolean {
  return error instanceof ApiError && error.code === code
}
