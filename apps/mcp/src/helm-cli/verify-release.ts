import { isDeepStrictEqual } from 'node:util'
import type { EffectObject, ObjectVerdict } from '@fairlead/contract/effect/effect'
import { compareObject } from '../effect/compare-object.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import { refOfObject } from '../target/object-written.ts'
import type { Verified, Verifying } from '../target/target-system.ts'
import { ToolError } from '../tool/tool-error.ts'
import { GENERATED } from './generated-values.ts'
import { RELEASE_API_VERSION, RELEASE_KIND, REPOSITORY_KIND, type ReleaseState } from './helm-plan.ts'
import type { HelmTargetOptions } from './helm-target-options.ts'
import { hookObjects } from './judge-record.ts'
import { isPending, type ReleaseRecord } from './release-record.ts'
import { readReleaseState } from './release-state.ts'
import { keyOf, renderedObjects } from './rendered.ts'

type VerifyContext = Verifying & HelmTargetOptions

/**
 * Reads one object of an effect back: the release by its records, its objects by what the newest record holds of them and
 * by whether they are live, a hook by how it ended.
 */
export async function verifyHelmObject(object: EffectObject, verifying: VerifyContext): Promise<Verified> {
  if (object.cluster === '' && object.kind === REPOSITORY_KIND) return verifyRepository(object, verifying)
  const of = releaseOf(verifying.pins)
  if (of === undefined) return unreadable(object)
  try {
    const record = await newestRecord(of, verifying)
    if (object.apiVersion === RELEASE_API_VERSION && object.kind === RELEASE_KIND)
      return await verifyRelease(object, record, verifying)
    if (object.action === 'invoke') return verifyHook(object, record)
    if (object.action === 'delete') return verifying.kubeTarget.verify(object, verifying)
    return await verifyPart(object, record, verifying)
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'Unauthorized'))
      return { ...unreadable(object), note: error.text }
    throw error
  }
}

function unreadable(object: EffectObject): Verified {
  return { verdict: { ref: refOfObject(object), verdict: 'unreadable', differences: [] } }
}

/** Which release an effect is about stands in its pins: its objects may lie in any namespace. */
function releaseOf({ release }: Verifying['pins']): { name: string; namespace: string } | undefined {
  const [, namespace, name] = typeof release === 'string' ? (/^([^/]+)\/([^/]+)$/.exec(release) ?? []) : []
  return name === undefined || namespace === undefined ? undefined : { name, namespace }
}

async function newestRecord(
  { name, namespace }: { name: string; namespace: string },
  { helm }: VerifyContext,
): Promise<ReleaseRecord | undefined> {
  const heads = await helm.records.heads(namespace, name)
  const [newest] = heads.toSorted((a, b) => b.revision - a.revision)
  return newest && helm.records.read(newest)
}

async function verifyRepository(object: EffectObject, { helm }: VerifyContext): Promise<Verified> {
  const [change] = object.changes
  const url = (await helm.repositories()).get(object.name)
  const side = (value: unknown) => (value as { url?: string } | undefined)?.url
  const at = url === side(change?.after) ? 'after' : url === side(change?.before) ? 'before' : 'neither'
  const differences = at === 'after' ? [] : [{ path: '', approved: change?.after, actual: url && { url } }]
  return { verdict: { ref: refOfObject(object), verdict: at === 'after' ? 'as_approved' : 'differs', at, differences } }
}

async function verifyRelease(
  object: EffectObject,
  record: ReleaseRecord | undefined,
  { pins, context }: VerifyContext,
): Promise<Verified> {
  const ref = refOfObject(object)
  const status = record?.info.status
  if (object.action === 'delete') {
    const isGone = record === undefined || status === 'uninstalled'
    if (isGone) return { verdict: { ref, verdict: 'as_approved', at: 'after', differences: [] } }
    if (isPending(record)) return notYet(ref, `its record says ${status}`)
    return differs(ref, 'before', [{ path: '/revision', actual: record.version }])
  }
  const approved = object.changes.find(({ path }) => path === '/revision' || path === '')?.after
  const revision = typeof approved === 'number' ? approved : (approved as ReleaseState | undefined)?.revision
  if (record === undefined || record.version !== revision) {
    const at = (record?.version ?? 0) === pins.revision ? 'before' : 'neither'
    return differs(ref, at, [{ path: '/revision', approved: revision, actual: record?.version }])
  }
  if (isPending(record)) return notYet(ref, `its record says ${status}`)
  if (status !== 'deployed') return differs(ref, 'neither', [{ path: '/status', approved: 'deployed', actual: status }])
  const live = { ...readReleaseState(record), metadata: { name: object.name, namespace: object.namespace } }
  const compared = compareObject(withoutValues(withoutGenerated(object)), live as unknown as KubeObject, {
    redactionKey: context.settings.redactionKey,
    isStillToDo: () => false,
  })
  const isSame = compared.differences.length === 0
  return { verdict: { ref, verdict: isSame ? 'as_approved' : 'differs', ...compared } }
}

function notYet(ref: ObjectVerdict['ref'], note: string): Verified {
  return { verdict: { ref, verdict: 'not_yet', at: 'after', differences: [] }, note }
}

function differs(
  ref: ObjectVerdict['ref'],
  at: ObjectVerdict['at'],
  differences: ObjectVerdict['differences'],
): Verified {
  return { verdict: { ref, verdict: 'differs', at, differences } }
}

function verifyHook(object: EffectObject, record: ReleaseRecord | undefined): Verified {
  const ref = refOfObject(object)
  const hook = record?.hooks?.find(({ name, kind }) => name === object.name && kind === object.kind)
  const phase = hook?.last_run?.phase
  if (phase === 'Succeeded') return { verdict: { ref, verdict: 'as_approved', at: 'after', differences: [] } }
  if (phase === undefined || phase === '' || phase === 'Unknown') return unreadable(object)
  if (phase === 'Running') return notYet(ref, 'the hook is running')
  return differs(ref, 'neither', [{ path: '/status/phase', approved: 'Succeeded', actual: phase }])
}

/** What the newest record has of it, and whether it is live; for a workload, whether it has rolled out. */
async function verifyPart(
  object: EffectObject,
  record: ReleaseRecord | undefined,
  verifying: VerifyContext,
): Promise<Verified> {
  const { context, kubeTarget } = verifying
  const ref = refOfObject(object)
  const objects = await renderedObjects(record?.manifest ?? '', context)
  const hooks = record === undefined ? [] : await hookObjects(record, context)
  const candidates = [...objects, ...hooks].filter((each) => isItself(each, object, record?.namespace ?? ''))
  // Namespaces and CRDs come with a release and are no part of it.
  if (candidates.length === 0 && object.action === 'create') {
    const live = await kubeTarget.verify({ ...object, changes: [] }, verifying)
    if (live.verdict.verdict === 'as_approved') return live
    return differs(ref, 'before', [{ path: '', approved: 'there' }])
  }
  const compared = candidates.map((found) => ({
    found,
    ...compareStored(object, found, context.settings.redactionKey),
  }))
  // Of those whose names are made up, the one that was approved.
  const best = compared.find(({ differences }) => differences.length === 0) ?? compared[0]
  if (best === undefined) return differs(ref, 'neither', [{ path: '', approved: 'in the release' }])
  const { found, at, differences } = best
  if (differences.length > 0) return { verdict: { ref, verdict: 'differs', at, differences } }
  const live = await kubeTarget.verify({ ...object, name: found.metadata.name, changes: [] }, verifying)
  const verdict = { ...live.verdict, ref, ...(live.verdict.verdict === 'differs' && { at: 'neither' as const }) }
  return { ...live, verdict }
}

/** What a revision holds of an object against what was approved for it. */
function compareStored(object: EffectObject, found: KubeObject, redactionKey: Uint8Array | undefined) {
  const { uid, namespace, name } = object
  const head = { name, ...(uid !== undefined && { uid }), ...(namespace !== undefined && { namespace }) }
  const stored = { ...found, metadata: { ...found.metadata, ...head } }
  return compareObject(withoutGenerated(object), stored, { redactionKey, isStillToDo: () => false })
}

function isItself(each: KubeObject, { apiVersion, kind, namespace, name }: EffectObject, ofRelease: string): boolean {
  const wanted = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } }
  const keys = [each, wanted].map((one) => JSON.parse(keyOf(one, ofRelease)))
  // A cluster-scoped object has no namespace in an effect, and that of the release in a key.
  return (
    isDeepStrictEqual(keys[0], keys[1]) ||
    (name.endsWith('*') && each.kind === kind && each.metadata.name.startsWith(name.slice(0, -1)))
  )
}

/** What differs with each rendering is not compared. */
function withoutGenerated(object: EffectObject): EffectObject {
  const changes = object.changes.map((change) => {
    if (change.path !== '' || typeof change.after !== 'object' || change.after === null) return change
    return { ...change, after: pruned(change.after) }
  })
  return { ...object, changes: changes.filter(({ after }) => after !== GENERATED) }
}

/** Secrets among the values are hidden in an effect; what came of all of them is compared with the objects. */
function withoutValues(object: EffectObject): EffectObject {
  const changes = object.changes
    .filter(({ path }) => path !== '/values' && !path.startsWith('/values/'))
    .map((change) => {
      if (change.path !== '' || typeof change.after !== 'object' || change.after === null) return change
      const { values: _, ...rest } = change.after as { values?: unknown }
      return { ...change, after: rest }
    })
  return { ...object, changes }
}

function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned)
  if (typeof value !== 'object' || value === null) return value
  const isGenerated = (each: unknown) => each === GENERATED || (Array.isArray(each) && each.includes(GENERATED))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !isGenerated(each))
      .map(([key, each]) => [key, pruned(each)]),
  )
}
