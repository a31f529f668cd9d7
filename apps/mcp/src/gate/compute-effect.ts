import type { Basis, Effect, EffectObject } from '@fairlead/contract/effect/effect'
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
import type { ObjectPlan, Plan, PlannedObject } from '../target/plan.ts'
import type { TargetSystem } from '../target/target-system.ts'
import type { ToolSettings } from '../tool/tool-context.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { GatedWriteCall } from './gated-write-call.ts'

/** An object that would change: how it is planned, its plan, and how the effect shows it. */
export type PlannedChange = { planned: PlannedObject; objectPlan: ObjectPlan; object: EffectObject }

export type ComputedEffect = {
  plan: Plan
  /** Of all planned objects, unchanged ones included. */
  objectPlans: readonly ObjectPlan[]
  /** Only what changes, in the order of writing. */
  changes: readonly PlannedChange[]
  effect: Effect
  args_digest: string
  effect_digest: string
}

const PLANS_AT_ONCE = 8

/** What the call would do now, computed with the given pins; the preview's are empty. Writes nothing. */
export async function computeEffect(
  { tool, args, plan: planCall, target, context: { settings } }: GatedWriteCall,
  pins: Readonly<Record<string, unknown>>,
): Promise<ComputedEffect> {
  // First and alone: wrong arguments are found before the target system is contacted.
  const plan = await planCall(pins)
  const [systemPins, objectPlans] = await Promise.all([target.pins(), planAll(plan)])
  for (const objectPlan of objectPlans) target.requireWritable(objectPlan)
  for (const objectPlan of objectPlans) requireShowable(objectPlan)
  const planned = plan.objects.flatMap((planned, index): PlannedChange[] => {
    const objectPlan = objectPlans[index]
    if (objectPlan === undefined) return []
    return [{ planned, objectPlan, object: effectObject(objectPlan, settings.redactionKey) }]
  })
  const changes = planned.filter(({ object }) => object.action !== 'update' || object.changes.length > 0)
  const changing = changes.map(({ objectPlan }) => objectPlan)
  const effect: Effect = {
    summary: plan.summary(objectPlans),
    ...(await shownChanges({ plan, objectPlans, changes }, { target, settings })),
    generated: [...new Set(changing.flatMap(({ generated }) => generated ?? []))],
    pins: {
      ...systemPins,
      ...elementsPin(target, changing, settings.redactionKey),
      ...plan.pins,
      ...Object.fromEntries(changing.flatMap((objectPlan) => Object.entries(objectPlan.pins ?? {}))),
    },
    undo: target.undoHere(plan.undo(objectPlans)),
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

/** The changes as a person sees them: what stands out, what is hidden, and the risk that follows from both. */
async function shownChanges(
  { plan, objectPlans, changes }: Pick<ComputedEffect, 'plan' | 'objectPlans' | 'changes'>,
  { target, settings }: { target: TargetSystem; settings: ToolSettings },
): Promise<Pick<Effect, 'risk' | 'reasons' | 'basis' | 'unenforced' | 'objects' | 'highlights' | 'masks'>> {
  const { redactionKey } = settings
  const changing = changes.map(({ objectPlan }) => objectPlan)
  const basis = weakestBasis(changing.map((objectPlan) => objectPlan.basis))
  const { users, given, unseen } = await target.surroundings(changing)
  const { namespace } = plan
  const { highlights, signals } = highlightsOf(changing, { redactionKey, namespace, users, given, unseen })
  const running = [...changing.flatMap(({ after }) => after ?? []), ...users]
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
    ...changes.flatMap((each) => signalsOf(each, settings)),
    ...(plan.signals?.(objectPlans) ?? []),
    ...effectSignals({ basis, objects }),
  ])
  // A basis of `external` says the same.
  const isUnenforced = basis !== 'external' && changing.some((objectPlan) => !target.enforces(objectPlan))
  return {
    risk,
    reasons,
    basis,
    ...(isUnenforced && { unenforced: true }),
    objects,
    highlights,
    masks: hidden.flatMap(({ masks }, object) => masks.map((mask) => ({ object, ...mask }))),
  }
}

/** A write by position changes whatever stands there, so what stands at each place is fixed with the effect. */
function elementsPin(
  target: TargetSystem,
  objectPlans: readonly ObjectPlan[],
  redactionKey: Uint8Array | undefined,
): { list_elements?: string } {
  const elements = objectPlans.map((objectPlan) => elementsByPosition(target, objectPlan, redactionKey) ?? null)
  return elements.every((each) => each === null) ? {} : { list_elements: digestOf(elements) }
}

/** Undefined for a write that names what it changes. */
export function elementsByPosition(
  target: TargetSystem,
  objectPlan: ObjectPlan,
  redactionKey: Uint8Array | undefined,
): string | undefined {
  return target.isByPosition(objectPlan) ? indexedElements(objectPlan, redactionKey) : undefined
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

function signalsOf({ objectPlan, object }: PlannedChange, settings: ToolSettings): RiskSignal[] {
  const { ref, action, before, replicasPath } = objectPlan
  // Who keeps an object keeps what is wanted of it, and nothing of its state: there a Rollout is promoted and aborted.
  const isState = object.changes.length > 0 && object.changes.every(({ path }) => path.startsWith('/status/'))
  const owners = before === undefined || isState ? [] : ownerWarnings(before)
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

/** All failures of a call are reported together, so that a manifest can be corrected in one go. */
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
