import { CLOCK_SKEW_SECONDS, GRANT_LIFE_SECONDS } from '@fairlead/contract/call/grant'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { Cluster } from '../../kube/cluster.ts'
import { createLeases, isCode, type Leases } from './leases.ts'
import { KEEP_SECONDS, type UsedGrants, untimely } from './used-grants.ts'

const MARK = 'fairlead-grant-store'
const LABEL = 'fairlead.dev/used-grant'
const SWEEP_MS = 60_000
const GUARD_MS = 2_000
/** As long as a grant may still be sent, by any clock of the allowed skew, its Lease must be there. */
const GUARDED_MS = 1_000 * (GRANT_LIFE_SECONDS + 3 * CLOCK_SKEW_SECONDS)

/**
 * For several replicas without Redis: creating a Lease is the atomic step. Swept Leases are older than any grant that is
 * still valid; the mark is never swept. The replica that spent a grant watches its Lease: when somebody deletes it, the
 * mark is made again, so that no replica takes an older grant.
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
  const leases = createLeases(cluster, namespace)
  /** Leases made here of grants that may still be sent, each with when its time is over. */
  const guarded = new Map<string, number>()
  const guard = async (): Promise<void> => {
    for (const [name, until] of guarded) {
      if (until < now()) guarded.delete(name)
      else if ((await leases.find(name)) === undefined) {
        guarded.clear()
        report(
          new Error(`The Lease ${namespace}/${name} of a used grant was deleted: older grants are refused from now on`),
        )
        await leases.remove(MARK, 'guard')
        await readMark(leases, 'guard')
        return
      }
    }
  }
  // Made at the start, so that the first grant after an installation is good.
  await readMark(leases, 'sweep').catch(report)
  const timers = [
    setInterval(() => void sweep(leases, now()).catch(report), SWEEP_MS),
    setInterval(() => void guard().catch(report), GUARD_MS),
  ]
  for (const timer of timers) timer.unref()
  return {
    kind: 'kubernetes',
    async spend(id, issuedAt) {
      const name = `grant-${id}`
      let lease: KubeObject
      try {
        lease = await leases.create(name, `grant/${id}`, { [LABEL]: 'true' })
      } catch (error) {
        if (isCode(error, 'AlreadyExists')) return 'used'
        throw error
      }
      guarded.set(name, now() + GUARDED_MS)
      // Read after the Lease was made: whoever deleted Leases before that has deleted the mark with them.
      const mark = await readMark(leases, `grant/${id}`)
      const at = { since: createdAt(mark), now: createdAt(lease), skew }
      if (Number.isNaN(at.since + at.now)) throw new Error('The API server does not say when a Lease was made')
      return untimely(Math.floor(issuedAt) * 1000, at) ?? 'spent'
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}

/** Made where it is not there: its time of creation is when the store began. */
async function readMark(leases: Leases, purpose: string): Promise<KubeObject> {
  const mark = await leases.find(MARK)
  if (mark !== undefined) return mark
  try {
    return await leases.create(MARK, purpose, {})
  } catch (error) {
    if (!isCode(error, 'AlreadyExists')) throw error
    return readMark(leases, purpose)
  }
}

async function sweep(leases: Leases, now: number): Promise<void> {
  const listed = await leases.list(LABEL, 'sweep')
  const old = listed.filter((lease) => now - createdAt(lease) > KEEP_SECONDS * 1000)
  for (const { metadata } of old) await leases.remove(metadata.name, 'sweep')
}

function createdAt({ metadata: { creationTimestamp = '' } }: KubeObject): number {
  return Date.parse(creationTimestamp)
}
