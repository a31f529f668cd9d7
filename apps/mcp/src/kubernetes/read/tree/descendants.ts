import { isRecord } from '../../../effect/is-record.ts'
import type { KubeObject } from '../../../effect/kube-object.ts'
import type { ApiResource } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import { ToolError } from '../../../tool/tool-error.ts'

export type Branch = { object: KubeObject; branches: readonly Branch[] }

type Search = { kube: Kube; depth: number }

const AT_ONCE = 8
/** There are many of them, and they own nothing. */
const left = new Set(['events', 'leases', 'endpoints', 'endpointslices'])
const MAX_LISTED = 100

/**
 * What an object owns, down to a depth, by the owner references of all that is in its namespace; of an Application, what it
 * lists. Kinds that may not be listed are named in `unread`.
 */
export async function findDescendants(
  root: KubeObject,
  { kube, depth }: Search,
): Promise<{ branches: Branch[]; unread: string[] }> {
  const { namespace } = root.metadata
  const listed = await listedBy(root, kube)
  if (namespace === undefined) return { branches: listed.map((object) => ({ object, branches: [] })), unread: [] }
  const resources = (await kube.resources()).filter(
    ({ namespaced, verbs, plural }) => namespaced && verbs.includes('list') && !left.has(plural),
  )
  const owned = new Map<string, KubeObject[]>()
  const unread: string[] = []
  const waiting = [...new Map(resources.map((each) => [`${each.group}/${each.plural}`, each])).values()]
  const work = async (): Promise<void> => {
    for (let resource = waiting.pop(); resource !== undefined; resource = waiting.pop()) {
      const items = await itemsOf(resource, namespace, kube)
      if (items === undefined) unread.push(resource.plural)
      for (const item of items ?? [])
        for (const { uid } of item.metadata.ownerReferences ?? []) owned.set(uid, [...(owned.get(uid) ?? []), item])
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const branchesOf = ({ metadata: { uid } }: KubeObject, levels: number): Branch[] => {
    const children = levels === 0 || uid === undefined ? [] : (owned.get(uid) ?? [])
    return children.toSorted(byName).map((object) => ({ object, branches: branchesOf(object, levels - 1) }))
  }
  const ofListed = listed.map((object) => ({ object, branches: branchesOf(object, depth - 1) }))
  return { branches: [...ofListed, ...branchesOf(root, depth)], unread: unread.toSorted() }
}

function byName(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a, b].map(({ kind, metadata }) => `${kind}/${metadata.name}`)
  return (left ?? '') < (right ?? '') ? -1 : 1
}

/** Undefined where they may not be listed. */
async function itemsOf(resource: ApiResource, namespace: string, kube: Kube): Promise<KubeObject[] | undefined> {
  try {
    return (await kube.list(resource, { namespace })).items
  } catch (error) {
    if (error instanceof ToolError) return undefined
    throw error
  }
}

/** Objects of an Application of Argo CD carry no owner reference: it lists them. */
async function listedBy({ apiVersion, kind, status }: KubeObject, kube: Kube): Promise<KubeObject[]> {
  if (kind !== 'Application' || !apiVersion.startsWith('argoproj.io/') || !isRecord(status)) return []
  const { resources } = status
  const entries = Array.isArray(resources) ? resources.filter(isRecord).slice(0, MAX_LISTED) : []
  const found = await Promise.all(entries.map((entry) => findListed(entry, kube)))
  return found.flatMap((object) => object ?? [])
}

async function findListed(
  { group = '', version = '', kind = '', namespace, name = '' }: Record<string, unknown>,
  kube: Kube,
): Promise<KubeObject | undefined> {
  const apiVersion = group === '' ? String(version) : `${String(group)}/${String(version)}`
  const head = { apiVersion, kind: String(kind) }
  const resource = await kube.resourceOf(head)
  const where = typeof namespace === 'string' ? { namespace } : {}
  try {
    const live = resource && (await kube.find({ resource, name: String(name), ...where }))
    return live ?? { ...head, metadata: { name: String(name), ...where }, status: { phase: 'not there' } }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { ...head, metadata: { name: String(name), ...where }, status: { phase: 'may not be read' } }
  }
}
