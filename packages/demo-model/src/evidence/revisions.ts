import { isKind, type PodSpec, refOf, type Workload } from '../cluster/objects.ts'
import { objectsIn } from '../cluster/read-objects.ts'
import { call, type Plan } from '../plan/plan.ts'
import { nameOf, type Remedy } from './finding.ts'
import { patch } from './patches.ts'

const REVISION = 'deployment.kubernetes.io/revision'

/** The newest earlier revision of a Deployment whose pods were not like that, and the way back to it. */
export function* wayBack(
  workload: Workload,
  isBetter: (spec: PodSpec) => boolean,
): Plan<{ remedy: Remedy; revision: number } | undefined> {
  const selector = Object.entries(workload.spec.selector?.matchLabels ?? {})
  if (workload.kind !== 'Deployment' || selector.length === 0) return undefined
  const { name, namespace } = workload.metadata
  const reply = yield* call('k8s_get', {
    resource_type: 'replicasets',
    namespace,
    label_selector: selector.map(([key, value]) => `${key}=${value}`).join(','),
    output: 'json',
  })
  if (reply.kind !== 'answered') return undefined
  const current = Number(workload.metadata.annotations?.[REVISION] ?? 0)
  const [best] = objectsIn(reply.text)
    .objects.filter(isKind('ReplicaSet'))
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.name === name))
    .map((set) => ({ set, revision: Number(set.metadata.annotations?.[REVISION] ?? 0) }))
    .filter(({ set, revision }) => revision < current && isBetter(set.spec.template.spec))
    .toSorted((a, b) => b.revision - a.revision)
  if (best === undefined) return undefined
  const args = { name, resource_type: 'deployment', namespace, to_revision: best.revision }
  const { labels = {}, ...metadata } = best.set.spec.template.metadata ?? {}
  const { 'pod-template-hash': _, ...kept } = labels
  const template = { metadata: { ...metadata, labels: kept }, spec: best.set.spec.template.spec }
  return {
    revision: best.revision,
    remedy: {
      says: `roll ${nameOf(refOf(workload))} back to revision ${best.revision}`,
      calls: [{ tool: 'k8s_rollout_undo', args }, patch(refOf(workload), { spec: { template } })],
    },
  }
}
