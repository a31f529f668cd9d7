import { CLOCK_SKEW_SECONDS, GRANT_LIFE_SECONDS } from '@fairlead/contract/call/grant'
import type { KubeList, KubeObject } from '../../effect/kube-object.ts'
import { serverItself } from '../../kube/caller.ts'
import type { Cluster } from '../../kube/cluster.ts'
import { ApiError } from '../../kube/http/api-error.ts'
import { getWithRetry, sendOnce } from '../../kube/http/http.ts'
import { baseUserAgent } from '../../kube/kube.ts'
import { KEEP_SECONDS, type UsedGrants, untimely } from './used-grants.ts'

const MARK = 'fairlead-grant-store'
const LABEL = 'fairlead.dev/used-grant'
const SWEEP_MS = 60_000
const GUARD_MS = 2_000
/** As long as a grant may still be sent, by any clock of the allowed skew, its Lease must be there. */
const GUARDED_MS = 1_000 * (GRANT_LIFE_SECONDS + 3 * CLOCK_SKEW_SECONDS)
const TIMEOUT_MS = 3_000

/**
 * For several replicas without Redis: creating a Lease is the atomic step. Swept leases are too old to be of any grant
 * that still lives; the mark never is. Who spent a grant looks after its Lease: where somebody has deleted it, the mark is
 * made anew, so that no replica takes a grant of before.
 */
export async function connectLeaseUsedGrants({
  cluster,
  namespace,
  isLoopback,
  report,
  now = Date.now,
}: {
  cluster: Cluster
  namespace: string
  /** Engine, tool server and API server share one machine, and so one clock. */
  isLoopback: boolean
  report: (fault: unknown) => void
  now?: () => number
}): Promise<UsedGrants> {
  const skew = isLoopback ? 0 : CLOCK_SKEW_SECONDS * 1000
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
  const read = async (name: string): Promise<KubeObject | undefined> => {
    try {
      const { body } = await getWithRetry(cluster, {
        path: `${path}/${name}`,
        caller: serverItself,
        userAgent: baseUserAgent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return (await body.json()) as KubeObject
    } catch (error) {
      if (!isCode(error, 'NotFound')) throw error
      return undefined
    }
  }
  const remove = async (name: string, userAgent: string): Promise<void> => {
    await sendOnce(cluster, {
      method: 'DELETE',
      path: `${path}/${name}`,
      caller: serverItself,
      userAgent: `${baseUserAgent} ${userAgent}`,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error) => {
      if (!isCode(error, 'NotFound')) throw error
    })
  }
  const readMark = async (userAgent: string): Promise<KubeObject> => {
    const mark = await read(MARK)
    if (mark !== undefined) return mark
    try {
      return await create(MARK, userAgent, {})
    } catch (error) {
      if (!isCode(error, 'AlreadyExists')) throw error
      return readMark(userAgent)
    }
  }
  const sweep = async (): Promise<void> => {
    const { body } = await getWithRetry(cluster, {
      path: `${path}?labelSelector=${LABEL}&limit=500`,
      caller: serverItself,
      userAgent: `${baseUserAgent} sweep`,
      signal: AbortSignal.timeout(SWEEP_MS),
    })
    const { items } = (await body.json()) as KubeList
    const old = items.filter(({ metadata }) => now() - createdAt(metadata) > KEEP_SECONDS * 1000)
    for (const { metadata } of old) await remove(metadata.name, 'sweep')
  }
  /** Leases made here of grants that may still be sent, each with when its time is over. */
  const guarded = new Map<string, number>()
  const guard = async (): Promise<void> => {
    for (const [name, until] of guarded) {
      if (until < now()) guarded.delete(name)
      else if ((await read(name)) === undefined) {
        guarded.clear()
        report(new Error(`The Lease ${namespace}/${name} of a used grant was deleted: the store begins anew`))
        await remove(MARK, 'guard')
        await readMark('guard')
        return
      }
    }
  }
  // Made at the start, so that the first grant after an installation is good.
  await readMark('sweep').catch(report)
  const timers = [
    setInterval(() => void sweep().catch(report), SWEEP_MS),
    setInterval(() => void guard().catch(report), GUARD_MS),
  ]
  for (const timer of timers) timer.unref()
  return {
    kind: 'kubernetes',
    async spend(id, issuedAt) {
      const name = `grant-${id}`
      let lease: KubeObject
      try {
        lease = await create(name, `grant/${id}`, { [LABEL]: 'true' })
      } catch (error) {
        if (isCode(error, 'AlreadyExists')) return 'used'
        throw error
      }
      guarded.set(name, now() + GUARDED_MS)
      // Read after the lease was made: leases lost before that moment have taken the mark with them.
      const mark = await readMark(`grant/${id}`)
      const at = { since: createdAt(mark.metadata), now: createdAt(lease.metadata), skew }
      if (Number.isNaN(at.since + at.now)) throw new Error('The API server does not say when a Lease was made')
      return untimely(Math.floor(issuedAt) * 1000, at) ?? 'spent'
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}

function createdAt({ creationTimestamp = '' }: KubeObject['metadata']): number {
  return Date.parse(creationTimestamp)
}

function isCode(error: unknown, code: ApiError['code']): boolean {
  return error instanceof ApiError && error.code === code
}
