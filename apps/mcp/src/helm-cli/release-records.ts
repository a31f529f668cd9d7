import type { KubeObject } from '../effect/kube-object.ts'
import { collectionPath, objectPath } from '../kube/discovery/api-resource.ts'
import type { Kube, Query } from '../kube/kube.ts'
import { ToolError } from '../tool/tool-error.ts'
import { decodeRelease, type ReleaseRecord } from './release-record.ts'

/** Where Helm keeps its records: `HELM_DRIVER`. */
export type ReleaseDriver = 'secret' | 'configmap'

/** A record by its labels, before it is read. */
export type RecordHead = {
  release: string
  namespace: string
  revision: number
  status: string
  /** RFC 3339; when it was last changed. */
  modified: string | undefined
}

export type ReleaseRecords = {
  /** All revisions of all releases; of one namespace, or of all. */
  heads(namespace: string | undefined, release?: string): Promise<readonly RecordHead[]>
  /** Throws ToolError where it is not there or cannot be read. */
  read(head: Pick<RecordHead, 'release' | 'namespace' | 'revision'>): Promise<ReleaseRecord>
}

type HeadList = { metadata: { continue?: string }; items: KubeObject[] | null }

const PAGE = 500
const PARTIAL = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
const recordName = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/

/** The name of the Secret or ConfigMap of a revision. */
export function nameOfRecord(release: string, revision: number): string {
  return `sh.helm.release.v1.${release}.v${revision}`
}

/** The release and the revision that a name is of; undefined for the name of anything else. */
export function partsOfRecordName(name: string): { release: string; revision: number } | undefined {
  const [, release, revision] = recordName.exec(name) ?? []
  return release === undefined ? undefined : { release, revision: Number(revision) }
}

export function createReleaseRecords(kube: Kube, driver: ReleaseDriver): ReleaseRecords {
  const plural = driver === 'secret' ? 'secrets' : 'configmaps'
  const resource = async () => kube.resolve(`${plural}.v1.`)
  return {
    async heads(namespace, release) {
      const path = collectionPath(await resource(), namespace)
      const labels = release === undefined ? 'owner=helm' : `owner=helm,name=${release}`
      const ofType = driver === 'secret' ? { fieldSelector: 'type=helm.sh/release.v1' } : {}
      const found: RecordHead[] = []
      let page: string | undefined = ''
      while (page !== undefined) {
        const query: Query = { labelSelector: labels, ...ofType, limit: PAGE, ...(page && { continue: page }) }
        const list: HeadList = await kube.get<HeadList>(path, {
          query,
          accept: PARTIAL,
        })
        // Of a list of nothing as partial metadata the API server says null.
        found.push(...(list.items ?? []).flatMap(headOf))
        page = list.metadata.continue || undefined
      }
      return found
    },
    async read({ release, namespace, revision }) {
      const name = nameOfRecord(release, revision)
      const object = await kube.get(objectPath({ resource: await resource(), namespace, name }))
      const { release: text } = (object.data ?? {}) as { release?: string }
      if (text === undefined)
        throw new ToolError('Invalid', `the release record ${namespace}/${name} has no key "release".`)
      // Of a Secret the API's own base64 comes first.
      return decodeRelease(driver === 'secret' ? Buffer.from(text, 'base64').toString('latin1') : text)
    },
  }
}

function headOf({ metadata }: KubeObject): RecordHead[] {
  const { labels = {}, namespace = '', name, creationTimestamp } = metadata
  const parts = partsOfRecordName(name)
  if (parts === undefined) return []
  const seconds = Number(labels.modifiedAt ?? labels.createdAt)
  const modified = Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : creationTimestamp
  return [{ ...parts, namespace, status: labels.status ?? 'unknown', modified }]
}

/** The newest revision of each release, by namespace and name. */
export function newestOfEach(heads: readonly RecordHead[]): RecordHead[] {
  const newest = new Map<string, RecordHead>()
  for (const head of heads) {
    const key = `${head.namespace}/${head.release}`
    const known = newest.get(key)
    if (known === undefined || known.revision < head.revision) newest.set(key, head)
  }
  return [...newest.values()].toSorted((a, b) =>
    a.release === b.release ? a.namespace.localeCompare(b.namespace) : a.release.localeCompare(b.release),
  )
}
