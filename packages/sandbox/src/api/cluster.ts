import type { Clock } from '../clock.ts'
import type { PodLogs } from './pod-logs.ts'
import { Resources } from './resource.ts'
import type { Store } from './store.ts'

/** What every request works on. */
export type Cluster = {
  store: Store
  resources: Resources
  clock: Clock
  logs: PodLogs
  /** The certificate of the server, PEM. */
  ca: string
}

export function createCluster(parts: Omit<Cluster, 'resources'>): Cluster {
  return { ...parts, resources: new Resources(parts.store) }
}

export type User = { name: string; groups: readonly string[]; uid?: string }

/** Who asks, and how what is written shall be done. */
export type Asker = { user: User; userAgent: string }
