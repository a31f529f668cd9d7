import type { Basis } from '@fairlead/contract/effect/effect'
import { withoutGenerated } from '../../effect/generated-fields.ts'
import { fittedPatch, reversePatch } from '../../effect/json-patch.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { semanticChanges } from '../../effect/semantic-changes.ts'
import { semanticObject } from '../../effect/semantic-object.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Target } from '../discovery/api-resource.ts'
import { ApiError } from '../http/api-error.ts'
import type { KubeContext } from '../kube-context.ts'
import { computedUpdate } from '../merge/compute-here.ts'
import { contestedFields } from '../merge/field-set.ts'
import { fieldsOf, isFormerOwner, takeOver } from '../merge/managed-fields.ts'
import { type KubeObjectPlan, refOf } from '../target/kube-plan.ts'
import type { Write } from '../write.ts'
import { dryRunOrCompute } from './dry-run-or-compute.ts'
import { conflictError, type FieldConflict, fieldConflictsOf } from './field-conflict.ts'
import type { PlacedManifest } from './place-manifests.ts'
import { withoutOwnedFields } from './without-owned-fields.ts'

type Settled = {
  after: KubeObject
  basis: Extract<Basis, 'server' | 'computed'>
  signals: RiskSignal[]
  force: boolean
  takenOver: readonly FieldConflict[]
}

/** What applying the manifest to the live object would do, and what it would take over from others. */
export async function planUpdate(
  placed: PlacedManifest,
  live: KubeObject,
  { kube, settings }: KubeContext,
  { forceConflicts }: { forceConflicts: boolean },
): Promise<KubeObjectPlan & Pick<Settled, 'takenOver'>> {
  const { target, manifest } = placed
  const { fieldManager } = settings
  const apply = (force: boolean): Write => ({ verb: 'apply', manifest, force, fieldValidation: 'Strict' })
  const formerOwners = (live.metadata.managedFields ?? []).filter((entry) => isFormerOwner(entry, fieldManager))
  const names = formerOwners.map(({ manager }) => manager)

  const settle = (conflicts: readonly FieldConflict[]) =>
    settleConflicts(conflicts, { target, fieldManager, formerOwners: names, forceConflicts })
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
  const onServer = async (): Promise<Settled> => {
    const { after, signals, ...settled } = await tried()
    if (formerOwners.length === 0) return { after, signals, ...settled, basis: 'server' }
    const reason = `its fields first change their owner from ${[...new Set(names)].join(' and ')} to ${fieldManager}`
    return {
      ...settled,
      after: await withoutFormerFields({ after, live, placed, kube, fieldManager }),
      signals: [...signals, { risk: 'medium', reason }],
      basis: 'computed',
    }
  }
  const here = async (reason: string): Promise<Settled> => {
    const { signals, ...settled } = settle(contestedBy(live, manifest, fieldManager))
    const after = await computedUpdate({ live, placed, kube, fieldManager })
    return { ...settled, after, signals: [...signals, { risk: 'medium', reason }], basis: 'computed' }
  }
  const { after, basis, force, signals, takenOver } = await dryRunOrCompute(onServer, here)
  const { object, generated } = withoutGenerated(after, { before: live, manifest })
  const move = takeOver(live, fieldManager)
  return {
    ref: refOf(kube.cluster, target, live),
    target,
    action: 'update',
    before: live,
    after: object,
    said: manifest,
    basis,
    writes: [...(move === undefined ? [] : [move]), apply(force)],
    signals,
    generated,
    takenOver,
  }
}

/** What must be forced. Refuses what takes fields of others, unless that is asked for. */
function settleConflicts(
  conflicts: readonly FieldConflict[],
  {
    target,
    fieldManager,
    formerOwners,
    forceConflicts,
  }: { target: Target; fieldManager: string; formerOwners: readonly (string | undefined)[]; forceConflicts: boolean },
): Pick<Settled, 'force' | 'signals' | 'takenOver'> {
  const ownEdits = `${fieldManager}-edit`
  const contested = conflicts.filter(({ owner }) => !formerOwners.includes(owner))
  const foreign = contested.filter(({ owner }) => owner !== ownEdits)
  if (foreign.length > 0 && !forceConflicts) throw conflictError(target, foreign)
  const signals = contested.map(({ field, owner }): RiskSignal => {
    if (owner === ownEdits)
      return { risk: 'low', reason: `changes ${field}, which was set apart from the manifest before` }
    return { risk: 'high', reason: `takes ${field} from ${JSON.stringify(owner)}` }
  })
  return { force: contested.length > 0, signals, takenOver: foreign }
}

/**
 * The forced dry run leaves what former owners set and the manifest lacks, since it is not ours yet. It is taken away
 * here, and the server asked what remains of that: a default that goes comes back.
 */
async function withoutFormerFields({
  after,
  live,
  placed,
  kube,
  fieldManager,
}: {
  after: KubeObject
  live: KubeObject
  placed: PlacedManifest
  kube: KubeContext['kube']
  fieldManager: string
}): Promise<KubeObject> {
  const { target, manifest } = placed
  const wanted = withoutOwnedFields(after, { live, manifest, fieldManager })
  const changes = semanticChanges(semanticObject(wanted), semanticObject(live))
  const patch = fittedPatch(live, reversePatch(changes))
  if (patch.length === 0) return live
  return kube.dryRun(target, { verb: 'patch', type: 'json', patch, fieldValidation: 'Strict' }, live)
}

function contestedBy(live: KubeObject, manifest: KubeObject, fieldManager: string): FieldConflict[] {
  return (live.metadata.managedFields ?? [])
    .filter((entry) => !(entry.manager === fieldManager && entry.operation === 'Apply'))
    .flatMap((entry) =>
      contestedFields(fieldsOf(entry), live, manifest).map((field) => ({ field, owner: entry.manager ?? '' })),
    )
}

/** For a field that the type does not have, the server answers an apply with an error of its own. */
function clearer(error: unknown): unknown {
  const isSchema =
    error instanceof ApiError && error.status === 500 && /failed to create typed patch object/.test(error.message)
  return isSchema ? new ToolError('Invalid', error.message.replace(/ Try again later\.$/, ''), { cause: error }) : error
}
