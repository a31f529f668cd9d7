import type { Cluster, Context, User } from '@kubernetes/client-node'

/** What a kubeconfig says, in the client library's own words, with one context as the current one. */
export type Kubeconfig = {
  clusters: readonly Cluster[]
  users: readonly User[]
  contexts: readonly Context[]
  /** Empty when none is. */
  currentContext: string
}

export function contextOf({ contexts, currentContext }: Kubeconfig, name = currentContext): Context | undefined {
  return contexts.find((context) => context.name === name)
}

/** Of a context; undefined when there is no such context, or it names a cluster that is not there. */
export function clusterOf(config: Kubeconfig, context = config.currentContext): Cluster | undefined {
  const found = contextOf(config, context)
  return config.clusters.find(({ name }) => name === found?.cluster)
}

/** Of the current context; undefined for somebody whom nothing names. */
export function userOf(config: Kubeconfig): User | undefined {
  const user = contextOf(config)?.user
  return config.users.find(({ name }) => name === user)
}
