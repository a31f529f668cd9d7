import type { KubeObject } from '../../effect/kube-object.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import type { ReleaseRecord } from '../../helm-cli/release-record.ts'
import type { RecordHead } from '../../helm-cli/release-records.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { ageOf } from '../../output/age.ts'
import { ToolError } from '../../tool/tool-error.ts'

type Place = { release: string; namespace: string }

/** All revisions of a release, the newest first; none where there is no such release. */
export async function revisionsOf({ release, namespace }: Place, { helm }: HelmContext): Promise<RecordHead[]> {
  const heads = await helm.records.heads(namespace, release)
  return heads.toSorted((a, b) => b.revision - a.revision)
}

/** Throws `NotFound` with near names, and the namespaces where the name exists. */
export async function newestRelease(place: Place, context: HelmContext): Promise<ReleaseRecord> {
  const [newest] = await revisionsOf(place, context)
  if (newest === undefined) throw await noRelease(place, context)
  return context.helm.records.read(newest)
}

/** What an upgrade goes on from: the last revision that was deployed; where there is none, the newest. */
export async function upgradeBase(newest: ReleaseRecord, context: HelmContext): Promise<ReleaseRecord> {
  if (newest.info.status === 'deployed') return newest
  const heads = await revisionsOf({ release: newest.name, namespace: newest.namespace }, context)
  const deployed = heads.find(({ status }) => status === 'deployed')
  return deployed === undefined ? newest : context.helm.records.read(deployed)
}

const MAX_FAILED = 10

/**
 * The objects of each revision that may have written what is in the cluster, oldest first: the last one that went
 * through, and those that failed after it. The newest is the last of them.
 */
export async function writtenBy(newest: ReleaseRecord, context: HelmContext): Promise<KubeObject[][]> {
  if (newest.info.status === 'deployed') return [await renderedObjects(newest.manifest ?? '', context)]
  const heads = await revisionsOf({ release: newest.name, namespace: newest.namespace }, context)
  const through = heads.find(({ status }) => status === 'deployed' || status === 'superseded')
  const failed = heads.filter(({ revision }) => revision > (through?.revision ?? 0)).slice(0, MAX_FAILED)
  const reaching = [...failed, ...(through === undefined ? [] : [through])].toReversed()
  return Promise.all(
    reaching.map(async (head) => {
      const { manifest } = head.revision === newest.version ? newest : await context.helm.records.read(head)
      return renderedObjects(manifest ?? '', context)
    }),
  )
}

/** One revision, null for the newest. Throws `NotFound` with what there is. */
export async function releaseAt(place: Place, revision: number | null, context: HelmContext): Promise<ReleaseRecord> {
  const heads = await revisionsOf(place, context)
  const [newest] = heads
  if (newest === undefined) throw await noRelease(place, context)
  const head = revision === null ? newest : heads.find((each) => each.revision === revision)
  if (head !== undefined) return context.helm.records.read(head)
  const known = heads.map((each) => each.revision).join(', ')
  throw new ToolError(
    'NotFound',
    `release ${place.release} in ${place.namespace} has no revision ${revision}. There are: ${known}.`,
  )
}

export async function noRelease({ release, namespace }: Place, { helm }: HelmContext): Promise<ToolError> {
  const here = await helm.records.heads(namespace)
  const names = [...new Set(here.map((head) => head.release))].toSorted()
  const near = names.filter((name) => name.includes(release) || release.includes(name)).slice(0, 3)
  const elsewhere = await namespacesOf(release, helm)
  const known = near.length > 0 ? near : names.slice(0, 3)
  const sentences = [
    `there is no release "${release}" in namespace ${namespace}.`,
    ...(elsewhere.length > 0 ? [`It exists in ${elsewhere.join(', ')}.`] : []),
    ...(elsewhere.length === 0 && known.length > 0 ? [`Releases there: ${known.join(', ')}.`] : []),
  ]
  return new ToolError('NotFound', sentences.join(' '))
}

/** Who may not list all namespaces is told of none. */
async function namespacesOf(release: string, helm: HelmContext['helm']): Promise<string[]> {
  try {
    const heads = await helm.records.heads(undefined, release)
    return [...new Set(heads.map(({ namespace }) => namespace))].toSorted().slice(0, 3)
  } catch (error) {
    if (error instanceof ToolError) return []
    throw error
  }
}

const LONG_MS = 15 * 60 * 1000

/** Said of a release that helm has been at work on for so long that it was broken off. */
export function pendingWarning(
  { status, modified, revision }: Pick<RecordHead, 'status' | 'modified' | 'revision'>,
  now: Date,
): string | undefined {
  if (!status.startsWith('pending-') || modified === undefined) return undefined
  if (now.getTime() - Date.parse(modified) < LONG_MS) return undefined
  return `Revision ${revision} has been ${status} for ${ageOf(modified, now)}: an operation was broken off, its outcome is not known. helm_rollback clears it.`
}
