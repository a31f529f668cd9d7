import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { Kube } from '../kube.ts'
import { selectorOf } from './workload-pods.ts'

type Fields = Readonly<Record<string, unknown>>

/** One pod template that a workload has had, as the cluster remembers it. */
export type Revision = {
  revision: number
  /** The ReplicaSet or ControllerRevision that keeps it. */
  keeper: KubeObject
  /** As it stood in the workload: without what its controller added. */
  template: Fields
  /** What somebody wrote down as the reason of the change. */
  cause: string | undefined
}

const revisionAnnotation = 'deployment.kubernetes.io/revision'
const causeAnnotation = 'kubernetes.io/change-cause'
const hashLabel = 'pod-template-hash'

/** The revisions of a Deployment, StatefulSet or DaemonSet, oldest first. */
export async function revisionsOf(kube: Kube, workload: KubeObject): Promise<Revision[]> {
  const isDeployment = workload.kind === 'Deployment'
  const resource = await kube.resolve(isDeployment ? 'replicasets.apps' : 'controllerrevisions.apps')
  const { uid, namespace } = workload.metadata
  const { items } = await kube.list(resource, { namespace, labelSelector: selectorOf(workload) })
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid))
    .map((keeper) => ({
      revision: isDeployment ? Number(keeper.metadata.annotations?.[revisionAnnotation] ?? 0) : Number(keeper.revision),
      keeper,
      template: isDeployment ? templateOfReplicaSet(keeper) : templateOfControllerRevision(keeper),
      cause: keeper.metadata.annotations?.[causeAnnotation],
    }))
    .toSorted((a, b) => a.revision - b.revision)
}

/** The hash is the ReplicaSet's own: it tells its pods from those of its neighbours. */
function templateOfReplicaSet({ spec }: KubeObject): Fields {
  const template = fieldsOf(fieldsOf(spec).template)
  const metadata = fieldsOf(template.metadata)
  const { [hashLabel]: _, ...labels } = fieldsOf(metadata.labels)
  return { ...template, metadata: { ...metadata, labels } }
}

/** A ControllerRevision keeps a patch that replaces the template. */
function templateOfControllerRevision({ data }: KubeObject): Fields {
  const { $patch: _, ...template } = fieldsOf(fieldsOf(fieldsOf(data).spec).template)
  return template
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {}
}

/** Of the containers of a template, in their order. */
export function imagesOf({ spec }: Fields): string[] {
  const { containers } = fieldsOf(spec)
  return Array.isArray(containers) ? containers.map((container) => String(fieldsOf(container).image ?? '')) : []
}
