import { metadataIn, type ObjectPlace, placeOfRequest } from './object-place.ts'
import { decodeRelease, type ReleaseRecord } from './release-record.ts'
import { partsOfRecordName } from './release-records.ts'
import { readStoredRecord } from './stored-record.ts'

/** A request of helm; the path with its query, below the forwarder's own. */
export type ForwardedRequest = { method: string; path: string; body: Buffer }

/** What becomes of a request. */
export type Verdict =
  | 'passed'
  /** It is answered here: there is no such object. */
  | 'missing'
  /** A deletion is passed on, but only of the object with this uid. */
  | { ofUid: string }
  /** Why it is not passed on, in a sentence without its end. */
  | { refused: string }

export type ForwardRule = {
  /** `isThere`: whether the object of the request is there now. */
  judge(request: ForwardedRequest, isThere: () => Promise<boolean>): Promise<Verdict> | Verdict
  /** Told of each object that was made, with the API server's answer. */
  created?(request: ForwardedRequest, answer: Buffer): void
}

/** A preview reads, and tries out. */
export const previewRule: ForwardRule = {
  judge: (request) => (isWrite(request) ? { refused: 'a preview writes nothing' } : 'passed'),
}

/** What a granted run may do to the release's own records. */
export type PermittedRecords = {
  release: string
  namespace: string
  /** The newest revision as it was approved; 0: none. */
  revision: number
  /** Revisions that it may make, in this order. */
  makes: readonly number[]
  /** Records of older revisions may go: history is kept short, and an uninstallation takes all of it. */
  deletes: 'none' | 'older' | 'all'
  /** Tests write the approved revision itself again. */
  leaves: 'revision' | 'nothing' | 'tests'
  /** Judges a record before it is made, or written again by tests: what runs by it must be what was approved. */
  judge(record: ReleaseRecord): Promise<string | undefined> | string | undefined
}

/**
 * What a granted run writes stands in the release's record, which is judged before it is made. What it deletes is told by the
 * cluster as much as by the record: only objects of `mayDelete` go, which has their uids, and those that this very run has
 * made.
 */
export function grantedRule(
  permitted: PermittedRecords & { mayDelete: ReadonlyMap<ObjectPlace, string | undefined> },
): ForwardRule {
  const judgeOfRecords = recordJudge(permitted)
  const mayDelete = new Map(permitted.mayDelete)
  return {
    judge: async (request, isThere) => {
      if (!isWrite(request)) return 'passed'
      const record = recordPlace(request)
      const parts = record?.namespace === permitted.namespace ? partsOfRecord(record) : undefined
      if (record !== undefined && parts !== undefined) {
        const refused = await judgeOfRecords(request, { parts, stored: record.stored })
        return refused === undefined ? 'passed' : { refused }
      }
      if (request.method !== 'DELETE') return 'passed'
      const place = placeOfRequest(request)
      if (place === undefined) return { refused: 'only single objects are deleted' }
      if (mayDelete.has(place)) {
        const uid = mayDelete.get(place)
        return uid === undefined ? 'passed' : { ofUid: uid }
      }
      // Helm makes sure that nothing is where it puts a hook. What comes there now is not for it.
      return (await isThere()) ? { refused: `deleting ${place} was not approved` } : 'missing'
    },
    created(request, answer) {
      const place = placeOfRequest(request)
      if (place !== undefined) mayDelete.set(place, metadataIn(answer)?.uid)
    },
  }
}

/** Undefined for Secrets and ConfigMaps of the chart itself. */
function partsOfRecord({ name, stored }: NonNullable<ReturnType<typeof recordPlace>>) {
  const known = name ?? stored?.name
  return known === undefined ? undefined : partsOfRecordName(known)
}

type StoredRevision = {
  parts: NonNullable<ReturnType<typeof partsOfRecordName>>
  stored: ReturnType<typeof readStoredRecord>
}

/** Release records must be the permitted ones. */
function recordJudge(permitted: PermittedRecords) {
  const made: number[] = []
  return async (request: ForwardedRequest, { parts, stored }: StoredRevision): Promise<string | undefined> => {
    const { release, revision, makes, deletes, leaves, judge } = permitted
    if (parts.release !== release) return `this call is about release ${release}, not about ${parts.release}`
    if (request.method === 'POST') {
      if (parts.revision !== makes[made.length])
        return `revision ${parts.revision} of ${release} is not the one that was approved`
      const record = stored?.release === undefined ? undefined : await decoded(stored.release)
      if (record === undefined) return `the record of revision ${parts.revision} cannot be read`
      const why = made.length === 0 ? await judge(record) : undefined
      if (why === undefined) made.push(parts.revision)
      return why
    }
    if (request.method === 'DELETE') {
      const isAllowed =
        deletes === 'all' || (deletes === 'older' && (parts.revision < revision || made.includes(parts.revision)))
      return isAllowed ? undefined : `revision ${parts.revision} of ${release} is kept`
    }
    if (leaves === 'tests') return judgeTested(parts.revision, stored?.release, permitted)
    const isKnown = parts.revision === revision || made.includes(parts.revision)
    // An older revision that was deployed becomes a superseded one.
    return isKnown || parts.revision < revision
      ? undefined
      : `revision ${parts.revision} of ${release} was not approved`
  }
}

async function judgeTested(
  revision: number,
  stored: string | undefined,
  permitted: PermittedRecords,
): Promise<string | undefined> {
  if (revision !== permitted.revision) return `revision ${revision} of ${permitted.release} was not approved`
  const record = stored === undefined ? undefined : await decoded(stored)
  return record === undefined ? `the record of revision ${revision} cannot be read` : permitted.judge(record)
}

async function decoded(text: string): Promise<ReleaseRecord | undefined> {
  try {
    return await decodeRelease(text)
  } catch {
    return undefined
  }
}

const records = /^\/api\/v1\/namespaces\/([^/?]+)\/(?:secrets|configmaps)(?:\/([^/?]+))?(?:\?|$)/

function recordPlace({ path, body }: ForwardedRequest) {
  const [, namespace, name] = records.exec(path) ?? []
  if (namespace === undefined) return undefined
  const stored = body.length === 0 ? undefined : readStoredRecord(body)
  return { namespace: decodeURIComponent(namespace), name: name && decodeURIComponent(name), stored }
}

/** The first write of helm, but for a namespace and CRDs that the release needs. */
export function isCreationOfRecord(request: ForwardedRequest): boolean {
  if (request.method !== 'POST' || !isWrite(request)) return false
  return partsOfRecordName(recordPlace(request)?.stored?.name ?? '') !== undefined
}

/** Dry runs and reviews change nothing. */
export function isWrite({ method, path }: Pick<ForwardedRequest, 'method' | 'path'>): boolean {
  return method !== 'GET' && !isDryRun(path) && !/^\/apis\/authorization\.k8s\.io\/v1\/[a-z]+reviews(\?|$)/.test(path)
}

function isDryRun(path: string): boolean {
  return new URL(path, 'http://forwarder').searchParams.getAll('dryRun').join() === 'All'
}
