import type { Basis } from '@fairlead/contract/effect'
import { withoutGenerated } from '../../effect/generated-fields.ts'
import { fittedPatch, reversePatch } from '../../effect/json-patch.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { semanticChanges } from '../../effect/semantic-changes.ts'
import { semanticObject } from '../../effect/semantic-object.ts'
import { type Look, refOf } from '../../gate/plan.ts'
import { ApiError } from '../../kube/api-error.ts'
import { describeTarget } from '../../kube/api-resource.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { Write } from '../../kube/write.ts'
import type { ToolContext } from '../../tool-context.ts'
import { ToolError } from '../../tool-error.ts'
import { schemaProblems } from './check-schema.ts'
import { conflictError, type FieldConflict, fieldConflictsOf } from './field-conflict.ts'
import { contestedFields, type FieldSet, unionOf, withoutFields } from './field-set.ts'
import { becomeApplier, fieldsOf, isFormerOwner, takeOver } from './managed-fields.ts'
import { mergeApplied } from './merge-applied.ts'
import type { PlacedManifest } from './place-manifests.ts'
import { definedSchema, publishedSchema } from './type-schema.ts'

type Settled = { after: KubeObject; basis: Extract<Basis, 'server' | 'computed'>; signals: RiskSignal[] }

const noDryRun = 'a webhook forbids trying it out'

/** What making the object would do. `why` is given when the server cannot be asked, and says so to the approver. */
export async function lookAtCreation(
  placed: PlacedManifest,
  { kube, settings }: ToolContext,
  why?: string,
): Promise<Look> {
  const { target, manifest } = placed
  const create: Write = { verb: 'create', manifest, fieldValidation: 'Strict' }
  const { after, basis, signals } =
    why === undefined
      ? await orComputed(
          async (): Promise<Settled> => ({ after: await kube.dryRun(target, create), basis: 'server', signals: [] }),
          () => computedCreation(placed, kube, noDryRun),
        )
      : await computedCreation(placed, kube, why)
  const { object, generated } = withoutGenerated(after, { manifest })
  return {
    ref: refOf(kube.cluster, target),
    target,
    action: 'create',
    after: object,
    basis,
    writes: [create, (created) => becomeApplier(created, manifest, settings.fieldManager)],
    signals,
    generated,
  }
}

/** What applying the manifest to the live object would do. */
export async function lookAtUpdate(
  placed: PlacedManifest,
  live: KubeObject,
  { kube, settings }: ToolContext,
  { forceConflicts }: { forceConflicts: boolean },
): Promise<Look> {
  const { target, manifest } = placed
  const { fieldManager } = settings
  const apply = (force: boolean): Write => ({ verb: 'apply', manifest, force, fieldValidation: 'Strict' })
  const formerOwners = (live.metadata.managedFields ?? []).filter((entry) => isFormerOwner(entry, fieldManager))
  const names = formerOwners.map(({ manager }) => manager)

  /** What must be forced, after what others own has been refused, or its taking been asked for. */
  const settle = (conflicts: readonly FieldConflict[]): { force: boolean; signals: RiskSignal[] } => {
    const contested = conflicts.filter(({ owner }) => !names.includes(owner))
    const foreign = contested.filter(({ owner }) => owner !== `${fieldManager}-edit`)
    if (foreign.length > 0 && !forceConflicts) throw conflictError(target, foreign)
    const signals = contested.map(({ field, owner }): RiskSignal => {
      const isOurs = owner === `${fieldManager}-edit`
      if (isOurs) return { risk: 'low', reason: `changes ${field}, which was set apart from the manifest before` }
      return { risk: 'high', reason: `takes ${field} from ${JSON.stringify(owner)}` }
    })
    return { force: contested.length > 0, signals }
  }
  const tried = async () => {
    try {
      return { after: await kube.dryRun(target, apply(false), live), ...settle([]) }
    } catch (error) {
      const conflicts = fieldConflictsOf(error)
      if (conflicts === undefined) throw clearer(error)
      const settled = settle(conflicts)
      return { after: await kube.dryRun(target, apply(true), live), ...settled }
    }
  }
  const onServer = async (): Promise<Settled & { force: boolean }> => {
    const { after, force, signals } = await tried()
    if (formerOwners.length === 0) return { after, force, signals, basis: 'server' }
    const reason = `its fields first change their owner from ${[...new Set(names)].join(' and ')} to ${fieldManager}`
    return {
      after: await withoutFormerFields({ after, live, placed, kube, fieldManager }),
      force,
      signals: [...signals, { risk: 'medium', reason }],
      basis: 'computed',
    }
  }
  const here = async (): Promise<Settled & { force: boolean }> => {
    const { force, signals } = settle(contestedBy(live, manifest, fieldManager))
    const after = await computedUpdate({ live, placed, kube, fieldManager })
    return { after, force, signals: [...signals, { risk: 'medium', reason: noDryRun }], basis: 'computed' }
  }
  const { after, basis, force, signals } = await orComputed(onServer, here)
  const { object, generated } = withoutGenerated(after, { before: live, manifest })
  const move = takeOver(live, fieldManager)
  return {
    ref: refOf(kube.cluster, target, live),
    target,
    action: 'update',
    before: live,
    after: object,
    basis,
    writes: [...(move === undefined ? [] : [move]), apply(force)],
    signals,
    generated,
  }
}

async function orComputed<T>(onServer: () => Promise<T>, here: () => Promise<T>): Promise<T> {
  try {
    return await onServer()
  } catch (error) {
    const isRefused =
      error instanceof ApiError && error.status === 400 && /does not support dry run/.test(error.message)
    if (!isRefused) throw error
    return here()
  }
}

async function computedCreation(
  { target, manifest, definition }: PlacedManifest,
  kube: ToolContext['kube'],
  why: string,
): Promise<Settled> {
  const type =
    definition === undefined
      ? await publishedSchema(kube, target.resource)
      : definedSchema(definition, target.resource.version)
  refuseProblems(target, schemaProblems(manifest, type))
  return { after: manifest, basis: 'computed', signals: [{ risk: 'medium', reason: why }] }
}

type Computing = {
  live: KubeObject
  placed: PlacedManifest
  kube: ToolContext['kube']
  fieldManager: string
}

async function computedUpdate({ live, placed, kube, fieldManager }: Computing): Promise<KubeObject> {
  const { target, manifest } = placed
  const type = await publishedSchema(kube, target.resource)
  refuseProblems(target, schemaProblems(manifest, type))
  const merged = mergeApplied(live, manifest, type)
  return letGo(merged, { live, manifest, fieldManager })
}

/**
 * The forced dry run leaves what former owners set and the manifest lacks, since it is not ours yet. It is taken away
 * here, and the server asked what remains of that: a default that goes comes back.
 */
async function withoutFormerFields({ after, live, placed, kube, fieldManager }: Computing & { after: KubeObject }) {
  const { target, manifest } = placed
  const wanted = letGo(after, { live, manifest, fieldManager })
  const changes = semanticChanges(semanticObject(wanted), semanticObject(live))
  const patch = fittedPatch(live, reversePatch(changes))
  if (patch.length === 0) return live
  return kube.dryRun(target, { verb: 'patch', type: 'json', patch, fieldValidation: 'Strict' }, live)
}

/** `value` without what we or former owners of ours have set and the manifest does not have any more. */
function letGo(
  value: unknown,
  { live, manifest, fieldManager }: { live: KubeObject; manifest: KubeObject; fieldManager: string },
) {
  const isOurs = (entry: (typeof entries)[number]) =>
    isFormerOwner(entry, fieldManager) || (entry.manager === fieldManager && entry.operation === 'Apply')
  const entries = live.metadata.managedFields ?? []
  const owned = entries.filter(isOurs).reduce<FieldSet>((set, entry) => unionOf(set, fieldsOf(entry)), {})
  const others = entries.filter((entry) => !isOurs(entry)).map(fieldsOf)
  return withoutFields(value, owned, { manifest, others }) as KubeObject
}

function contestedBy(live: KubeObject, manifest: KubeObject, fieldManager: string): FieldConflict[] {
  return (live.metadata.managedFields ?? [])
    .filter((entry) => !(entry.manager === fieldManager && entry.operation === 'Apply'))
    .flatMap((entry) =>
      contestedFields(fieldsOf(entry), live, manifest).map((field) => ({ field, owner: entry.manager ?? '' })),
    )
}

function refuseProblems(target: PlacedManifest['target'], problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new ToolError(
    'Invalid',
    `${describeTarget(target)} does not fit its schema: ${problems.slice(0, 10).join('; ')}.`,
  )
}

/** For a field that the type does not have, the server answers an apply with an error of its own. */
function clearer(error: unknown): unknown {
  const isSchema =
    error instanceof ApiError && error.status === 500 && /failed to create typed patch object/.test(error.message)
  return isSchema ? new ToolError('Invalid', error.message, { cause: error }) : error
}
