import { isDeepStrictEqual } from 'node:util'
import { valueAt } from '@fairlead/contract/json/json-pointer'
import { isSealed } from '@fairlead/contract/sealed-value'
import { withoutGenerated } from '../../../effect/generated-fields.ts'
import { isRecord } from '../../../effect/is-record.ts'
import { fittedPatch, type JsonPatchOperation } from '../../../effect/json-patch.ts'
import type { KubeObject } from '../../../effect/kube-object.ts'
import { SEALED } from '../../../effect/origins.ts'
import { semanticObject } from '../../../effect/semantic-object.ts'
import { describeTarget, type Target } from '../../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { computedCreation } from '../../../kube/merge/compute-here.ts'
import { dryRunOrCompute } from '../../../kube/plan/dry-run-or-compute.ts'
import { planDeletion } from '../../../kube/plan/plan-deletion.ts'
import { type PatchWrite, planPatch } from '../../../kube/plan/plan-patch.ts'
import { refuseGuess } from '../../../kube/plan/refuse-guesses.ts'
import { refuseShownCreation } from '../../../kube/plan/refuse-shown.ts'
import { type KubeObjectPlan, refOf } from '../../../kube/target/kube-plan.ts'
import { headOf, type Write } from '../../../kube/write.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import { openValues } from './open-values.ts'
import type { Reversion } from './reversions.ts'

/** What one entry would do to its object. */
export async function planReversion(
  target: Target,
  reversion: Reversion,
  context: KubeContext,
): Promise<KubeObjectPlan> {
  if ('create' in reversion) return planReturn(target, reversion, context)
  const live = await context.kube.read(target)
  const { uid } = reversion.ref
  if (uid !== undefined && uid !== live.metadata.uid) {
    throw new ToolError(
      'Conflict',
      `${describeTarget(target)} is no longer the object that was changed: it has been deleted and made again.`,
    )
  }
  if ('delete' in reversion) return planDeletion(target, live, { propagationPolicy: 'Background' }, context)
  return planReversePatch(target, live, reversion, context)
}

async function planReversePatch(
  target: Target,
  live: KubeObject,
  { ref, patch }: Extract<Reversion, { patch: unknown }>,
  { kube, settings: { redactionKey } }: KubeContext,
): Promise<KubeObjectPlan> {
  const opened = patch.flatMap((operation): JsonPatchOperation[] => {
    if (operation.op === 'remove') return [operation]
    const { op, path } = operation
    const value = openValues(operation.value, path, { ref, redactionKey })
    if (op !== 'test') return [{ op, path, value }]
    refuseGuess(target, live, operation)
    if (isDeepStrictEqual(valueAt(live, path), value) || isGone(live, path, patch)) return []
    throw new ToolError(
      'Conflict',
      `${describeTarget(target)} has other list elements by now: what was changed is no longer at ${path}.`,
    )
  })
  const fitted = fittedPatch(live, opened)
  const write: PatchWrite = { verb: 'patch', type: 'json', patch: fitted, fieldValidation: 'Strict' }
  if (fitted.length > 0) {
    const said = patch.flatMap((operation): JsonPatchOperation[] => {
      if (operation.op === 'remove') return [operation]
      const { op, path, value } = operation
      return op === 'test' ? [] : [{ op, path, value: saidOf(value) }]
    })
    const operations = fittedPatch(live, said)
    return planPatch(target, live, write, { kube }, { operations })
  }
  return {
    ref: refOf(kube.cluster, target, live),
    target,
    action: 'update',
    before: live,
    after: live,
    basis: 'server',
    writes: [],
  }
}

/** The element that a test is about is no longer there, and was only to go. */
function isGone(live: KubeObject, tested: string, patch: readonly { op: string; path: string }[]): boolean {
  const element = tested.slice(0, tested.lastIndexOf('/'))
  const within = patch.filter(({ op, path }) => op !== 'test' && `${path}/`.startsWith(`${element}/`))
  return valueAt(live, element) === undefined && within.every(({ op }) => op === 'remove')
}

/** A value with a mark in place of each that came sealed. */
function saidOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(saidOf)
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, saidOf(entry)]))
  return isSealed(value) ? SEALED : value
}

/** An object that was deleted comes back, as another one of its name. */
async function planReturn(
  target: Target,
  { ref, create }: Extract<Reversion, { create: unknown }>,
  { kube, settings: { redactionKey } }: KubeContext,
): Promise<KubeObjectPlan> {
  const opened = semanticObject(openValues(create, '', { ref, redactionKey }) as KubeObject) as KubeObject
  const said = saidOf(create)
  refuseShownCreation(target, opened, said)
  const { namespace: _, ...metadata } = opened.metadata ?? {}
  const manifest: KubeObject = {
    ...opened,
    ...headOf(target.resource),
    metadata: {
      ...metadata,
      name: target.name,
      ...(target.namespace !== undefined && { namespace: target.namespace }),
    },
  }
  const write: Write = { verb: 'create', manifest, fieldValidation: 'Strict' }
  const { after, untried } = await dryRunOrCompute<{ after: KubeObject; untried?: string }>(
    async () => ({ after: await kube.dryRun(target, write) }),
    async (reason) => ({
      after: await computedCreation({ target, manifest, namespaceComes: false }, kube),
      untried: reason,
    }),
  )
  const { object, generated } = withoutGenerated(after, { manifest })
  return {
    ref: refOf(kube.cluster, target),
    target,
    action: 'create',
    after: object,
    said,
    basis: untried === undefined ? 'server' : 'computed',
    writes: [write],
    signals: untried === undefined ? [] : [{ risk: 'medium', reason: untried }],
    generated,
  }
}
