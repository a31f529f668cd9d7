import type { KubeObject } from '../../effect/kube-object.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { planPatch } from '../../kube/plan/plan-patch.ts'
import { type RequestsPlan, refOf, type WriteStep } from '../../kube/target/kube-plan.ts'
import { asRollout } from './rollout.ts'

/** What is to be merged into a Rollout. `null` takes a field away. */
export type RolloutPatch = {
  status?: Readonly<Record<string, unknown>>
  spec?: Readonly<Record<string, unknown>>
  /**
   * The spec is written before the status: a pause that is ended while the Rollout is still paused by hand begins anew.
   * Otherwise the status comes first.
   */
  isSpecFirst?: boolean
}

type PatchPart = { status?: RolloutPatch['status']; spec?: RolloutPatch['spec'] }

/** What the patches would do to a Rollout. */
export async function planRolloutPatch(
  target: Target,
  live: KubeObject,
  { status, spec, isSpecFirst = false }: RolloutPatch,
  context: Pick<KubeContext, 'kube'>,
): Promise<RequestsPlan> {
  const hasSubresource = target.resource.subresources.includes('status')
  const parts = partsOf({ status, spec }, { hasSubresource, isSpecFirst })
  const plans = await Promise.all(
    parts.map((patch) => {
      const subresource = hasSubresource && patch.status !== undefined ? { subresource: 'status' } : {}
      const write = { verb: 'patch', type: 'merge', patch, ...subresource, fieldValidation: 'Strict' } as const
      return planPatch(target, live, write, context)
    }),
  )
  const [first, second] = plans
  if (first === undefined) return unchangedPlan(target, live, context)
  const [firstWrite, ...laterWrites] = plans.flatMap(({ writes }) => writes)
  return {
    ...first,
    after: second === undefined ? first.after : { ...(first.after ?? live), ...partAfter(second.after, parts[1]) },
    basis: plans.some(({ basis }) => basis === 'computed') ? 'computed' : 'server',
    writes: [...(firstWrite ? [firstWrite] : []), ...laterWrites.map((write) => laterStep(write, live))],
    signals: plans.flatMap(({ signals }) => signals ?? []),
    said: { status, spec },
    writesStatus: status !== undefined,
  }
}

/** Definitions of old have no status of their own: there it is a part of the object as any other. */
function partsOf(
  { status, spec }: PatchPart,
  { hasSubresource, isSpecFirst }: { hasSubresource: boolean; isSpecFirst: boolean },
): PatchPart[] {
  if (status === undefined || spec === undefined) return [{ status }, { spec }].filter(isGiven)
  if (!hasSubresource) return [{ status, spec }]
  return isSpecFirst ? [{ spec }, { status }] : [{ status }, { spec }]
}

function isGiven({ status, spec }: PatchPart): boolean {
  return status !== undefined || spec !== undefined
}

function partAfter(after: KubeObject | undefined, part: PatchPart | undefined): Partial<KubeObject> {
  return part?.status === undefined ? { spec: after?.spec } : { status: after?.status }
}

/** The controller may have moved the Rollout since the write before: what it has done itself is not done a second time. */
function laterStep(write: WriteStep, live: KubeObject): WriteStep {
  if ('next' in write) return write
  const isOfStatus = write.verb === 'patch' && write.subresource === 'status'
  const before = asRollout(live).status
  return {
    verb: 'patch',
    next: (answered) => {
      const { currentStepIndex, currentPodHash } = asRollout(answered).status
      const isWhereItWas = currentStepIndex === before.currentStepIndex && currentPodHash === before.currentPodHash
      return isOfStatus && !isWhereItWas ? undefined : write
    },
  }
}

/** Nothing is to be written. */
export function unchangedPlan(target: Target, live: KubeObject, { kube }: Pick<KubeContext, 'kube'>): RequestsPlan {
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
