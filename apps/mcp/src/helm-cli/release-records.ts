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
  /** What they are kept in. */
  plural: 'secrets' | 'configmaps'
  /** All revisions of all releases; of one namespace, or of all. */
  heads(namespace: string | undefined, release?: string): Promise<readonly RecordHead[]>
  /**
   * What `pick` takes from each record that no later one has replaced, by the record's key: many in one request. One that
   * cannot be read is left out.
   */
  pickCurrent<Picked>(
    namespace: string | undefined,
    pick: (record: ReleaseRecord) => Picked,
  ): Promise<ReadonlyMap<string, Picked>>
  /** Throws ToolError where it is not there or cannot be read. */
  read(head: Pick<RecordHead, 'release' | 'namespace' | 'revision'>): Promise<ReleaseRecord>
}

type RecordList = { metadata: { continue?: string }; items: KubeObject[] | null }

const PAGE = 500
/** Of whole records, each of which may have 1.4 MB as it is sent: no answer of the API server may be larger than 64 MiB. */
const WHOLE_PAGE = 40
const UNPACKED_AT_ONCE = 8
const PARTIAL = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
const recordName = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/

/** The name of the Secret or ConfigMap of a revision. */
export function nameOfRecord(release: string, revision: number): string {
  return `sh.helm.release.v1.${release}.v${revision}`
}

export function recordKey({ namespace, release, revision }: Pick<RecordHead, 'release' | 'namespace' | 'revision'>) {
  return `${namespace}/${nameOfRecord(release, revision)}`
}

/** The release and the revision that a name is of; undefined for the name of anything else. */
export function partsOfRecordName(name: string): { release: string; revision: number } | undefined {
  const [, release, revision] = recordName.exec(name) ?? []
  return release === undefined ? undefined : { release, revision: Number(revision) }
}

export function createReleaseRecords(kube: Kube, driver: ReleaseDriver): ReleaseRecords {
  const plural = driver === 'secret' ? 'secrets' : 'configmaps'
  const resource = async () => kube.resolve(`${plural}.v1.`)
  /** Page by page. */
  async function* pages(namespace: string | undefined, of: { labels: string; limit: number; accept?: string }) {
    const path = collectionPath(await resource(), namespace)
    const ofType = driver === 'secret' ? { fieldSelector: 'type=helm.sh/release.v1' } : {}
    let page: string | undefined = ''
    while (page !== undefined) {
      const query: Query = { labelSelector: of.labels, ...ofType, limit: of.limit, ...(page && { continue: page }) }
      const options = { query, ...(of.accept !== undefined && { accept: of.accept }) }
      const list: RecordList = await kube.get<RecordList>(path, options)
      // Of a list of nothing as partial metadata the API server says null.
      yield list.items ?? []
      page = list.metadata.continue || undefined
    }
  }
  const recordOf = async ({ metadata: { namespace = '', name }, data }: KubeObject): Promise<ReleaseRecord> => {
    const { release: text } = (data ?? {}) as { release?: string }
    if (text === undefined)
      throw new ToolError('Invalid', `the release record ${namespace}/${name} has no key "release".`)
    // Of a Secret the API's own base64 comes first.
    return await decodeRelease(driver === 'secret' ? Buffer.from(text, 'base64').toString('latin1') : text)
  }
  return {
    plural,
    async heads(namespace, release) {
      const labels = release === undefined ? 'owner=helm' : `owner=helm,name=${release}`
      const found: RecordHead[] = []
      for await (const items of pages(namespace, { labels, limit: PAGE, accept: PARTIAL }))
        found.push(...items.flatMap(headOf))
      return found
    },
    async pickCurrent(namespace, pick) {
      const picked = new Map<string, ReturnType<typeof pick>>()
      const labels = 'owner=helm,status!=superseded'
      const add = async (object: KubeObject): Promise<void> => {
        const { namespace: place = '', name } = object.metadata
        try {
          picked.set(`${place}/${name}`, pick(await recordOf(object)))
        } catch (error) {
          if (!(error instanceof ToolError)) throw error
        }
      }
      for await (const items of pages(namespace, { labels, limit: WHOLE_PAGE })) {
        // A record unpacks to several times its size, so few are unpacked at once.
        for (let start = 0; start < items.length; start += UNPACKED_AT_ONCE)
          await Promise.all(items.slice(start, start + UNPACKED_AT_ONCE).map(add))
      }
      return picked
    },
    async read({ release, namespace, revision }) {
      const name = nameOfRecord(release, revision)
      return await recordOf(await kube.get(objectPath({ resource: await resource(), namespace, name })))
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
