import { isEqual, type Json } from '../../api/values/json.ts'
import { type Client, isControlledBy, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import type { KubeObject, LabelSelector, PodTemplate } from '../runtime/shapes.ts'
import { templateHash } from './template-hash.ts'

export type Revision = KubeObject & { revision: number; data: Record<string, unknown> }
type Owner = KubeObject & { spec: { template: PodTemplate; selector: LabelSelector; revisionHistoryLimit: number } }

/** The templates that a workload has had, oldest first; the present one is the last. */
export function keepRevisions(client: Client, owner: Owner): { present: Revision; all: Revision[] } {
  const { namespace, name } = owner.metadata
  const all = client
    .list<Revision>(keys.revisions, namespace)
    .filter((each) => isControlledBy(each, owner))
    .toSorted((left, right) => left.revision - right.revision)
  const data = { spec: { template: { ...owner.spec.template, $patch: 'replace' } } } as unknown as Json
  const same = all.find((each) => isEqual(each.data as Json, data))
  const newest = all.at(-1)
  if (same && same === newest) return { present: same, all }
  if (same) {
    const moved = client.change<Revision>(keys.revisions, same, (object) => {
      object.revision = (newest?.revision ?? 0) + 1
    })
    return { present: moved ?? same, all }
  }
  const hash = templateHash(owner.spec.template)
  const present = client.create<Revision>(keys.revisions, namespace, {
    metadata: {
      name: `${name}-${hash}`,
      labels: { ...owner.spec.template.metadata.labels, 'controller-revision-hash': hash },
      ...(owner.metadata.annotations && { annotations: owner.metadata.annotations }),
      ownerReferences: [ownerOf(owner)],
    },
    data,
    revision: (newest?.revision ?? 0) + 1,
  })
  for (const old of all.slice(0, Math.max(0, all.length - owner.spec.revisionHistoryLimit)))
    client.delete(keys.revisions, old)
  return { present, all: [...all, present] }
}

/** The label by which pods say of which revision they are. */
export function hashOf(revision: Revision): string {
  return revision.metadata.labels?.['controller-revision-hash'] ?? revision.metadata.name
}

export function templateOf(revision: Revision): PodTemplate {
  const { $patch: _, ...template } = (revision.data.spec as { template: Record<string, unknown> }).template
  return template as unknown as PodTemplate
}
