import type { Basis, Effect, EffectObject, Undo } from '@fairlead/contract/effect/effect'
import { argsDigest, digestOf, effectDigest } from '@fairlead/contract/json/digest'
import { tokensOf } from '@fairlead/contract/json/json-pointer'
import { isDeep, TEXT_LEVEL, tooDeepToChange } from '../effect/deep-parts.ts'
import { masksOf } from '../effect/effect-masks.ts'
import { changesOf, effectObject, nameForPeople, withNamedPlaces } from '../effect/effect-object.ts'
import { podsIn } from '../effect/highlights/execution/scripts.ts'
import { highlightsOf } from '../effect/highlights/highlights-of.ts'
import { indexedElements } from '../effect/indexed-elements.ts'
import { ownerWarnings } from '../effect/owner-warnings.ts'
import { combinedRisk, effectSignals, objectSignals, type RiskSignal } from '../effect/risk.ts'
import { isTooDeep } from '../input/nesting.ts'
import { credentialsRefused, touchesCredentials } from '../kube/credentials-namespace.ts'
import type { Kube } from '../kube/kube.ts'
import type { ToolContext } from '../tool/tool-context.ts'
import { ToolError } from '../tool/tool-error.ts'
import { givenSources } from './given-sources.ts'
import { mountingWorkloads } from './mounting-workloads.ts'
import type { ObjectPlan, Plan, PlannedObject, WriteStep } from './plan.ts'
import type { WriteCallInHand } from './write-call.ts'

/** An object that would change, as it was looked at and as the effect shows it. */
export type SeenChange = { planned: PlannedObject; objectPlan: ObjectPlan; object: EffectObject }

export type ComputedEffect = {
  plan: Plan
  /** Of all planned objects, unchanged ones included. */
  objectPlans: readonly ObjectPlan[]
  /** Only what changes, in the order of writing. */
  changes: readonly SeenChange[]
  effect: Effect
  args_digest: string
  effect_digest: string
}

const PLANS_AT_ONCE = 8

/** What the call would do now, computed with the given pins; the preview's are empty. Writes nothing. */
export async function computeEffect(
  { tool, args, call, context }: WriteCallInHand,
  pins: Readonly<Record<string, unknown>>,
): Promise<ComputedEffect> {
  const pinned: ToolContext = { ...context, pins }
  // By itself: what is wrong with the arguments is found before anything is asked.
  const plan = await call.plan(pinned)
  const [clusterUid, objectPlans] = await Promise.all([clusterUidOf(context.kube), planAll(plan)])
  const touched = objectPlans.find(({ target }) => touchesCredentials(target, context.settings))
  if (touched !== undefined && !tool.mayWriteCredentials) throw credentialsRefused()
  for (const objectPlan of objectPlans) requireShowable(objectPlan)
  const seen = plan.objects.flatMap((planned, index): SeenChange[] => {
    const objectPlan = objectPlans[index]
    if (objectPlan === undefined) return []
    return [{ planned, objectPlan, object: effectObject(objectPlan, context.settings.redactionKey) }]
  })
  const changes = seen.filter(({ object }) => object.action !== 'update' || object.changes.length > 0)
  const basis = weakestBasis(changes.map(({ objectPlan }) => objectPlan.basis))
  const changing = changes.map(({ objectPlan }) => objectPlan)
  const [users, given] = await Promise.all([
    mountingWorkloads(context.kube, changing),
    givenSources(context.kube, changing),
  ])
  const { redactionKey } = context.settings
  const { highlights, signals } = highlightsOf(changing, {
    redactionKey,
    namespace: plan.namespace,
    users: users.found,
    given: given.found,
    unseen: [...users.unseen, ...given.unseen],
  })
  const running = [...changing.flatMap(({ after }) => after ?? []), ...users.found]
  const hidden = changes.map(({ objectPlan, object }) =>
    masksOf(objectPlan, object, redactionKey, podsIn(running, objectPlan.ref.namespace)),
  )
  const objects = changes.map(({ objectPlan, object }, index) => {
    const places = highlights.filter((each) => each.object === index).map(({ path }) => path)
    return withNamedPlaces(object, objectPlan, { places, redactionKey })
  })
  const { risk, reasons } = combinedRisk([
    ...signals,
    ...hidden.flatMap((each) => each.signals),
    ...changes.flatMap((each) => signalsOf(each, context)),
    ...(plan.signals?.(objectPlans) ?? []),
    ...effectSignals({ basis, objects }),
  ])
  const effect: Effect = {
    summary: plan.summary(objectPlans),
    risk,
    reasons,
    basis,
    objects,
    highlights,
    masks: hidden.flatMap(({ masks }, object) => masks.map((mask) => ({ object, ...mask }))),
    generated: [...new Set(changes.flatMap(({ objectPlan }) => objectPlan.generated ?? []))],
    pins: {
      ...(clusterUid !== undefined && { cluster_uid: clusterUid }),
      ...elementsPin(changes, context.settings),
      ...plan.pins,
    },
    undo: inSameCluster(plan.undo(objectPlans), context),
  }
  const digest = argsDigest(args)
  return {
    plan,
    objectPlans,
    changes,
    effect,
    args_digest: digest,
    effect_digest: effectDigest({ tool: tool.name, args_digest: digest, effect }),
  }
}

/** What a patch by index changes goes by place, so what stands at each place is fixed with the effect. */
function elementsPin(
  changes: readonly SeenChange[],
  { redactionKey }: ToolContext['settings'],
): { list_elements?: string } {
  const elements = changes.map(({ objectPlan }) => elementsByIndex(objectPlan, redactionKey) ?? null)
  return elements.every((each) => each === null) ? {} : { list_elements: digestOf(elements) }
}

/** Undefined for a write that names what it changes. */
export function elementsByIndex(objectPlan: ObjectPlan, redactionKey: Uint8Array | undefined): string | undefined {
  const isByIndex = 'writes' in objectPlan && objectPlan.writes.some(goesByIndex)
  return isByIndex ? indexedElements(objectPlan, redactionKey) : undefined
}

/** Who owns fields is no part of what changes; a patch of that alone is over and done with when its apply is tried again. */
function goesByIndex(write: WriteStep): boolean {
  if (write.verb !== 'patch' || !('type' in write) || write.type !== 'json') return false
  return write.patch.some(({ path }) => path !== '/metadata/managedFields')
}

function requireShowable(objectPlan: ObjectPlan): void {
  const isHidden = changesOf(objectPlan).some(({ path, before, after }) => {
    const levels = TEXT_LEVEL - 1 - tokensOf(path).length
    return [before, after].some((value) => value !== undefined && isTooDeep(value, levels))
  })
  if (isHidden) throw tooDeepToChange(nameForPeople(objectPlan.ref))
}

/** What could not be tried out for one object was not tried out for the whole. */
function weakestBasis(bases: readonly Basis[]): Basis {
  return (['external', 'computed'] as const).find((basis) => bases.includes(basis)) ?? 'server'
}

function signalsOf({ objectPlan, object }: SeenChange, { settings }: Pick<ToolContext, 'settings'>): RiskSignal[] {
  const { ref, action, before, replicasPath } = objectPlan
  const owners = before === undefined ? [] : ownerWarnings(before)
  return [
    ...objectSignals({ ref, action, before, changes: object.changes, replicasPath }, settings.protectedNamespaces),
    ...owners.map((reason): RiskSignal => ({ risk: 'medium', reason })),
    ...(isDeep(before) ? [deepSignal] : []),
    ...(objectPlan.signals ?? []),
  ]
}

const deepSignal: RiskSignal = {
  risk: 'low',
  reason: `what is nested more than ${TEXT_LEVEL} levels deep is shown by its hash alone`,
}

/** Which cluster is the default may change; an undo says where its change was made. */
function inSameCluster(undo: Undo, { kube, clusters }: Pick<ToolContext, 'kube' | 'clusters'>): Undo {
  if (clusters.length === 1 || 'impossible' in undo) return undo
  return { ...undo, args: { ...undo.args, context: kube.cluster } }
}

/** Left out where it may not be read: it guards against another cluster behind the same address, and is no secret. */
async function clusterUidOf(kube: Kube): Promise<string | undefined> {
  try {
    const { metadata } = await kube.get('/api/v1/namespaces/kube-system', { isOwn: true })
    return metadata.uid
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'NotFound')) return undefined
    throw error
  }
}

/** All failures of a call are told at once: whoever mends a manifest wants to know them all. */
async function planAll({ objects }: Plan): Promise<ObjectPlan[]> {
  const results: PromiseSettledResult<ObjectPlan>[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < objects.length; index = next++) {
      const planned = objects[index]
      if (planned === undefined) return
      const [result] = await Promise.allSettled([planned.plan()])
      results[index] = result
    }
  }
  await Promise.all(Array.from({ length: Math.min(PLANS_AT_ONCE, objects.length) }, worker))
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const bug = failures.find((failure) => !(failure instanceof ToolError))
  if (bug !== undefined) throw bug
  if (failures.length > 0) throw together(failures as ToolError[])
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

function together(failures: readonly ToolError[]): ToolError {
  const [first] = failures
  if (first === undefined) throw new TypeError('no failure to report')
  if (failures.length === 1) return first
  const lines = failures.map(({ text }) => `- ${text}`)
  return new ToolError(
    first.code,
    `${failures.length} objects cannot be written, so nothing was.\n${lines.join('\n')}`,
    {
      hint: first.hint,
    },
  )
}
