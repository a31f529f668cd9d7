import { isRecord } from '../../../effect/is-record.ts'
import type { KubeObject } from '../../../effect/kube-object.ts'
import type { Kube } from '../../../kube/kube.ts'
import { byOwner, type Listed, listAll, listedKinds } from '../../../kube/owned-objects.ts'
import { nameOf, seenAt } from './state-of.ts'

export type Branch = { line: string; branches: readonly Branch[] }

/** Of more the states are not read: a tree of so many is read for its shape. */
const MAX_STATES = 100

/**
 * What an object owns, down to a depth, by the owner references of all that is in its namespace, or in the cluster; of an
 * Application, what it lists; of a HelmRelease of Flux, what bears its labels. Kinds that may not be listed are in `unread`.
 */
export async function findDescendants(
  root: KubeObject,
  { kube, depth }: { kube: Kube; depth: number },
): Promise<{ branches: Branch[]; unread: string[] }> {
  const { uid } = root.metadata
  const release = fluxRelease(root)
  const namespace = release?.namespace ?? root.metadata.namespace
  const listed = await listedBy(root, kube)
  const kinds = listedKinds(await kube.resources()).filter((each) => namespace === undefined || each.namespaced)
  const { items, unreadable } = await listAll(kube, kinds, namespace)
  const labelled = release === undefined ? [] : (await listAll(kube, kinds, namespace, release.labelSelector)).items
  const owned = byOwner(items)
  let left = MAX_STATES
  const lineOf = async ({ resource, name, namespace: place }: Listed): Promise<string> => {
    const head = nameOf({ kind: resource.kind, name })
    return left-- > 0 ? `${head}${(await seenAt(kube, { resource, name, namespace: place })).state}` : head
  }
  const branchesOf = async (owner: string | undefined, levels: number): Promise<Branch[]> => {
    const children = owner === undefined ? [] : (owned.get(owner) ?? [])
    return branchesFor(owner === uid ? [...children, ...labelled] : children, levels)
  }
  const branchesFor = async (children: readonly Listed[], levels: number): Promise<Branch[]> =>
    Promise.all(
      (levels === 0 ? [] : children)
        .toSorted(byName)
        .map(async (each) => ({ line: await lineOf(each), branches: await branchesOf(each.uid, levels - 1) })),
    )
  const ofListed = listed.map(async ({ line, owner }) => ({ line, branches: await branchesOf(owner, depth - 1) }))
  const branches = [...(await Promise.all(ofListed)), ...(await branchesOf(uid, depth))]
  return { branches, unread: unreadable.map(({ plural }) => plural).toSorted() }
}

function byName(a: Listed, b: Listed): number {
  const [left, right] = [a, b].map(({ resource, name }) => nameOf({ kind: resource.kind, name }))
  return (left ?? '') < (right ?? '') ? -1 : 1
}

/** Flux marks what a HelmRelease has made, and does not own it. */
function fluxRelease({ apiVersion, kind, metadata, spec }: KubeObject) {
  if (kind !== 'HelmRelease' || !apiVersion.startsWith('helm.toolkit.fluxcd.io/')) return undefined
  const target = isRecord(spec) && typeof spec.targetNamespace === 'string' ? spec.targetNamespace : undefined
  const label = 'helm.toolkit.fluxcd.io'
  return {
    namespace: target ?? metadata.namespace,
    labelSelector: `${label}/name=${metadata.name},${label}/namespace=${metadata.namespace}`,
  }
}

/** Objects of an Application of Argo CD carry no owner reference: it lists them. */
async function listedBy(
  { apiVersion, kind, status }: KubeObject,
  kube: Kube,
): Promise<{ line: string; owner: string | undefined }[]> {
  if (kind !== 'Application' || !apiVersion.startsWith('argoproj.io/') || !isRecord(status)) return []
  const { resources } = status
  const entries = Array.isArray(resources) ? resources.filter(isRecord).slice(0, MAX_STATES) : []
  return Promise.all(entries.map((entry) => listedEntry(entry, kube)))
}

async function listedEntry({ group = '', version, kind, namespace, name }: Record<string, unknown>, kube: Kube) {
  const head = { kind: String(kind), name: String(name) }
  const apiVersion = group === '' ? String(version) : `${String(group)}/${String(version)}`
  const resource = await kube.resourceOf({ apiVersion, kind: head.kind })
  if (resource === undefined) return { line: `${nameOf(head)} (its type is not served)`, owner: undefined }
  const place = typeof namespace === 'string' ? { namespace } : {}
  const { object, state } = await seenAt(kube, { resource, name: head.name, ...place })
  return { line: `${nameOf(head)}${state}`, owner: object?.metadata.uid }
}
