import { setTimeout as sleep } from 'node:timers/promises'
import type { KnownCluster, KnownClusters } from '@fairlead/agent/cluster-facts'
import type { RunUser } from '../calls/run-user.ts'
import { type ClusterPorts, readClusters } from './read-clusters.ts'

/** How old facts may be before they are read again. */
const FRESH_MS = 60_000
/** What a run waits for facts that nobody has read yet. */
const WAIT_MS = 300
const PEOPLE_REMEMBERED = 1000

export type ClusterFactsReader = {
  /** Facts as this user may read them; a run waits a moment at most, then they are unknown. */
  soon(user: RunUser): Promise<KnownClusters | undefined>
  /** The same, waited for. */
  read(user: RunUser): Promise<KnownClusters>
}

type Known = { value: KnownClusters | undefined; at: number; pending: Promise<KnownClusters> | undefined }

/** Reads what every client's header and every prompt says of the clusters, with read tools under the user's identity. */
export function createClusterFacts(ports: ClusterPorts): ClusterFactsReader {
  const known = new Map<string, Known>()

  function refresh(user: RunUser): { entry: Known; pending: Promise<KnownClusters> | undefined } {
    const key = JSON.stringify([user.email, user.groups, user.is_verified])
    const entry: Known = known.get(key) ?? { value: undefined, at: 0, pending: undefined }
    known.set(key, entry)
    if (known.size > PEOPLE_REMEMBERED) known.delete(known.keys().next().value ?? '')
    if (ports.now() - entry.at >= FRESH_MS && entry.pending === undefined) {
      const soFar: KnownCluster[] = []
      // At first each as it comes: a slow cluster takes the others from nobody.
      const onCluster = (cluster: KnownCluster) => {
        soFar.push(cluster)
        if (!entry.value?.isWhole) entry.value = { clusters: [...soFar], isWhole: false }
      }
      entry.pending = readClusters(ports, user, onCluster)
        .then((value) => {
          entry.value = value
          entry.at = ports.now()
          return value
        })
        .finally(() => {
          entry.pending = undefined
        })
    }
    return { entry, pending: entry.pending }
  }

  return {
    soon: async (user) => {
      const { entry, pending } = refresh(user)
      // What cannot be read is unknown; the fault shows when the model itself reads.
      const read = pending?.catch(() => undefined)
      if (!entry.value?.isWhole) await Promise.race([read, sleep(WAIT_MS, undefined, { ref: false })])
      return entry.value
    },
    read: async (user) => {
      const { entry, pending } = refresh(user)
      return (await pending) ?? entry.value ?? { clusters: [], isWhole: true }
    },
  }
}
