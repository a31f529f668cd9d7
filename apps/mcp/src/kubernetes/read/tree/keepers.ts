import type { KubeObject } from '../../../effect/kube-object.ts'
import { markedOwners } from '../../../effect/owner-warnings.ts'
import type { Kube } from '../../../kube/kube.ts'
import { nameOf, seenAt } from './state-of.ts'

/** Owners of owners; a circle comes to its end, too. */
const MAX_LEVELS = 10

/** Who owns an object, the outermost first, each in a line: what keeps it from outside the cluster, then its owners. */
export async function keepersOf(root: KubeObject, kube: Kube): Promise<string[]> {
  const lines: string[] = []
  let object: KubeObject | undefined = root
  for (let level = 0; object !== undefined && level < MAX_LEVELS; level++) {
    lines.push(...markedOwners(object.metadata).toReversed())
    const owner = ownerOf(object)
    if (owner === undefined) break
    const found = await find(owner, object, kube)
    lines.push(`${nameOf(owner)}${found.state}`)
    object = found.object
  }
  return lines.toReversed()
}

type Owner = NonNullable<KubeObject['metadata']['ownerReferences']>[number]

function ownerOf({ metadata: { ownerReferences = [] } }: KubeObject): Owner | undefined {
  return ownerReferences.find(({ controller }) => controller) ?? ownerReferences[0]
}

async function find(owner: Owner, { metadata }: KubeObject, kube: Kube): ReturnType<typeof seenAt> {
  const gone = { object: undefined, state: ' (not there)' }
  const resource = await kube.resourceOf(owner)
  if (resource === undefined) return gone
  const place = resource.namespaced ? { namespace: metadata.namespace } : {}
  const seen = await seenAt(kube, { resource, name: owner.name, ...place })
  // Another one of its name owns nothing of this.
  return seen.object !== undefined && seen.object.metadata.uid !== owner.uid ? gone : seen
}
