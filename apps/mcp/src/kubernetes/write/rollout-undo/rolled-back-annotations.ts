import type { KubeObject } from '../../../effect/kube-object.ts'

/** What its controller and its appliers keep in a Deployment's annotations, whichever revision it has. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])

/** The annotations of a Deployment that goes back to a ReplicaSet's revision: the ReplicaSet's, but for its own. */
export function rolledBackAnnotations(deployment: KubeObject, replicaSet: KubeObject): Record<string, string> {
  const entries = ({ metadata }: KubeObject) => Object.entries(metadata.annotations ?? {})
  return Object.fromEntries([
    ...entries(replicaSet).filter(([key]) => !ownAnnotations.has(key)),
    ...entries(deployment).filter(([key]) => ownAnnotations.has(key)),
  ])
}
