import { trimmed } from '../input/plain-word.ts'
import { shownValue } from '../input/shown-value.ts'
import { ConfigError } from '../tool/config-error.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { Cluster } from './cluster.ts'
import { createDiscovery } from './discovery/discovery.ts'

/** A cluster with what is kept of it between calls. */
export type Access = {
  cluster: Cluster
  discovery: ReturnType<typeof createDiscovery>
  /** Used when a call names no namespace. */
  defaultNamespace: string
}

/** All clusters that are configured. */
export type Clusters = {
  /** The default one first. */
  all: readonly Access[]
  default: Access
  /** By a call's `context`: its name exactly, trimmed; the default one when it is absent or null. */
  choose(context: unknown): Access
}

/** `clusters`: at least one, the default one first. */
export function createClusters(
  clusters: readonly Cluster[],
  { defaultNamespace }: { defaultNamespace: string | undefined },
): Clusters {
  const all = clusters.map((cluster) => ({
    cluster,
    discovery: createDiscovery(),
    defaultNamespace: defaultNamespace ?? cluster.namespace ?? 'default',
  }))
  const [first] = all
  if (first === undefined) throw new ConfigError('KUBECONFIG names no cluster.')
  return {
    all,
    default: first,
    choose(context) {
      if (context === undefined || context === null) return first
      const name = typeof context === 'string' ? trimmed(context) : undefined
      const chosen = all.find(({ cluster }) => cluster.name === name)
      if (chosen !== undefined) return chosen
      const names = all.map(({ cluster }) => cluster.name).toSorted()
      throw new ToolError('InvalidArgument', `context ${shownValue(context)} is not one of ${names.join(', ')}.`)
    },
  }
}
