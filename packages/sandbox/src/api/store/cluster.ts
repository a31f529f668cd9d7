import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { ImageRegistry } from '../../images/image-registry.ts'
import type { PodLogs } from './pod-logs.ts'
import { Resources } from './resource.ts'
import type { Store } from './store.ts'

/** What every request works on. */
export type Cluster = {
  store: Store
  resources: Resources
  clock: Clock
  logs: PodLogs
  /** What its nodes pull images from. */
  registry: ImageRegistry
  /** The certificate of the server, PEM. */
  ca: string
  /** Signs the tokens of service accounts. */
  accountKey: Buffer
}

export function createCluster(parts: Omit<Cluster, 'resources' | 'registry' | 'accountKey'>): Cluster {
  const own = { resources: new Resources(parts.store), registry: new ImageRegistry(), accountKey: randomBytes(32) }
  return { ...parts, ...own }
}

export type User = {
  name: string
  groups: readonly string[]
  uid?: string | undefined
  /** What else is known of them, such as the pod whose token they have. */
  extra?: Readonly<Record<string, string[]>>
}

/** Who asks, and how what is written shall be done. */
export type Asker = { user: User; userAgent: string }
