import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { Kube } from '../../kube/kube.ts'
import type { Revision } from '../../kube/workloads/rollout-revisions.ts'
import type { Rollout } from './rollout.ts'

export const revisionAnnotation = 'rollout.argoproj.io/revision'
const hashLabel = 'rollouts-pod-template-hash'

/**
 * The versions that a Rollout has had, oldest first: its own ReplicaSets, those of its experiments left out. By namespace,
 * since with a template by reference it has no selector of its own.
 */
export async function revisionsOf(kube: Pick<Kube, 'resolve' | 'list'>, rollout: Rollout): Promise<Revision[]> {
  const { uid, namespace } = rollout.metadata
  const { items } = await kube.list(await kube.resolve('replicasets.apps'), { namespace })
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid))
    .map((keeper) => ({
      revision: Number(keeper.metadata.annotations?.[revisionAnnotation] ?? 0),
      keeper,
      template: templateOf(keeper),
      cause: keeper.metadata.annotations?.['kubernetes.io/change-cause'],
    }))
    .toSorted((a, b) => a.revision - b.revision)
}

/** As it stood in the Rollout: without the label that tells its pods from those of its neighbours. */
function templateOf({ spec }: KubeObject): Revision['template'] {
  const template = isRecord(spec) && isRecord(spec.template) ? spec.template : {}
  const metadata = isRecord(template.metadata) ? template.metadata : {}
  const { [hashLabel]: _, ...labels } = isRecord(metadata.labels) ? metadata.labels : {}
  return { ...template, metadata: { ...metadata, labels } }
}

export function hashOf({ metadata }: KubeObject): string {
  return metadata.labels?.[hashLabel] ?? ''
}

export type ReplicaSetState = 'stable' | 'canary' | 'active' | 'preview' | 'old'

/** What a ReplicaSet is to its Rollout; the first that fits. */
export function stateOf(replicaSet: KubeObject, { spec, status }: Rollout): ReplicaSetState {
  const hash = hashOf(replicaSet)
  if (spec.strategy?.blueGreen !== undefined) {
    if (hash === status.blueGreen?.activeSelector) return 'active'
    if (hash === status.blueGreen?.previewSelector) return 'preview'
  }
  if (hash === status.stableRS) return 'stable'
  return hash === status.currentPodHash ? 'canary' : 'old'
}
