import type { KubeObject } from '../../../effect/kube-object.ts'
import { markedOwners } from '../../../effect/owner-warnings.ts'
import type { Kube } from '../../../kube/kube.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import { stateOf } from './state-of.ts'

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
    lines.push(found === undefined ? `${owner.kind}/${owner.name} (not there)` : lineOf(found, owner))
    object = found instanceof ToolError ? undefined : found
  }
  return lines.toReversed()
}

type Owner = NonNullable<KubeObject['metadata']['ownerReferences']>[number]

function ownerOf({ metadata: { ownerReferences = [] } }: KubeObject): Owner | undefined {
  return ownerReferences.find(({ controller }) => controller) ?? ownerReferences[0]
}

/** The ToolError where it may not be read. */
async function find(owner: Owner, { metadata }: KubeObject, kube: Kube): Promise<KubeObject | ToolError | undefined> {
  try {
    const resource = await kube.resourceOf(owner)
    if (resource === undefined) return undefined
    const place = resource.namespaced ? { namespace: metadata.namespace } : {}
    const found = await kube.find({ resource, name: owner.name, ...place })
    // Another one of its name owns nothing of this.
    return found?.metadata.uid === owner.uid ? found : undefined
  } catch (error) {
    if (error instanceof ToolError) return error
    throw error
  }
}

function lineOf(found: KubeObject | ToolError, { kind, name }: Owner): string {
  if (found instanceof ToolError) return `${kind}/${name} (may not be read)`
  const state = stateOf(found)
  return `${kind}/${name}${state === '' ? '' : ` (${state})`}`
}
