import type { Undo } from '@fairlead/contract/effect/effect'
import { nameForPeople } from '../../effect/effect-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { type Target, typeName } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan } from '../../kube/target/kube-plan.ts'
import type { Plan, Settled } from '../../target/plan.ts'
import { argoResource } from './argo-resource.ts'
import { phaseOf } from './phase.ts'
import { planRolloutPatch, type RolloutPatch } from './plan-rollout.ts'
import { asRollout, type Rollout } from './rollout.ts'
import { setWeightOf, stepText } from './steps.ts'
import { readObserved } from './until-observed.ts'

/** What is to be written to a Rollout as it is now, or why nothing is. */
export type Decision = Written | { nothing: string }

export type Written = RolloutPatch & {
  /** What it does, and what the controller will do then: `Promote Rollout shop/web: step 2/4: …`. */
  summary: string
  signals?: readonly RiskSignal[]
}

export type DecidedPlan = KubeObjectPlan & { decision: Decision }

type Deciding = {
  /** What must still be so when it is written: the version that is rolled out, and the step that it is at. */
  fixes?: readonly ('version' | 'step')[]
  /** Throws ToolError for what would do harm, or nothing at all. `named` is the Rollout in a sentence. */
  decide(rollout: Rollout, named: string): Decision
  undo: Undo
  /** `promoted`. */
  done: string
}

export async function rolloutTarget(
  { name, namespace }: { name: string; namespace: string | null },
  { kube, defaultNamespace }: Pick<KubeContext, 'kube' | 'defaultNamespace'>,
): Promise<Target> {
  return { resource: await argoResource(kube, 'Rollout'), namespace: namespace ?? defaultNamespace, name }
}

/** The plan of a write whose patch follows from how the Rollout is when its controller has seen the last change. */
export async function decidedPlan(
  args: { name: string; namespace: string | null },
  context: KubeContext,
  { fixes = [], decide, undo, done }: Deciding,
): Promise<Plan<DecidedPlan>> {
  const target = await rolloutTarget(args, context)
  const planNow = async (): Promise<DecidedPlan> => {
    const rollout = await readObserved(target, context)
    const decision = decide(rollout, nameForPeople({ ...rollout, ...rollout.metadata }))
    const patch = 'nothing' in decision ? {} : decision
    const objectPlan = await planRolloutPatch(target, rollout, patch, context)
    const signals = 'nothing' in decision ? [] : (decision.signals ?? [])
    return {
      ...objectPlan,
      pins: pinsOf(rollout, fixes),
      signals: [...(objectPlan.signals ?? []), ...signals],
      decision,
    }
  }
  const summary = ([objectPlan]: readonly DecidedPlan[]) =>
    objectPlan === undefined ? '' : wordsOf(objectPlan.decision)
  return {
    namespace: target.namespace,
    objects: [{ plan: () => readConsistently(planNow) }],
    summary,
    undo: ([objectPlan]) =>
      objectPlan !== undefined && 'nothing' in objectPlan.decision ? { impossible: 'nothing changes' } : undo,
    report: (objectPlans) => (isNothing(objectPlans) ? summary(objectPlans) : reportOf(target, done)),
    settle: async (objectPlans) =>
      isNothing(objectPlans) ? { output: summary(objectPlans) } : stateAfter(target, done, context),
  }
}

/** Two pauses of one second look the same, so the step is told apart by its number. */
function pinsOf({ status }: Rollout, fixes: NonNullable<Deciding['fixes']>): Readonly<Record<string, unknown>> {
  return {
    ...(fixes.includes('version') && { version: status.currentPodHash ?? '' }),
    ...(fixes.includes('step') && { step: status.currentStepIndex ?? 0 }),
  }
}

function isNothing([objectPlan]: readonly DecidedPlan[]): boolean {
  return objectPlan !== undefined && 'nothing' in objectPlan.decision
}

function wordsOf(decision: Decision): string {
  return 'nothing' in decision ? decision.nothing : decision.summary
}

function reportOf({ resource, name }: Target, done: string): string {
  return `${typeName(resource)}/${name} ${done}`
}

/** How the Rollout is right after the write: its controller may not have reacted yet. */
export async function stateAfter(target: Target, done: string, { kube }: Pick<KubeContext, 'kube'>): Promise<Settled> {
  const rollout = asRollout(await kube.read(target))
  const { phase, message } = phaseOf(rollout)
  const weight = setWeightOf(rollout)
  const step = stepText(rollout)
  const now = [
    message === '' ? phase : `${phase} - ${message}`,
    ...(step === undefined ? [] : [`step ${step}`]),
    ...(weight === undefined ? [] : [`weight ${weight} %`]),
  ]
  return { output: `${reportOf(target, done)}\nNow: ${now.join(', ')}`, data: { phase, message } }
}
