import { setTimeout as sleep } from 'node:timers/promises'
import { valueAt } from '@fairlead/contract/json/json-pointer'
import type { Target } from '../../kube/discovery/api-resource.ts'
import { describeTarget } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { isObserved, workloadGeneration } from './phase.ts'
import { asRollout, isBeingResumed, type Rollout } from './rollout.ts'
import { referencedWorkload } from './workload-reference.ts'

const PATIENCE_MS = 15_000
const POLL_MS = 250

/**
 * The Rollout once its controller has seen the newest template and reacted to the last resumption, which takes it a moment:
 * by its older status a change would be judged wrongly. Throws `Unavailable` after 15 seconds.
 */
export async function readObserved(
  target: Target,
  { kube, signal }: Pick<KubeContext, 'kube' | 'signal'>,
): Promise<Rollout> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const rollout = asRollout(await kube.read(target))
    const waits = await waitsFor(rollout, kube)
    if (waits === undefined) return rollout
    if (performance.now() >= until)
      throw new ToolError(
        'Unavailable',
        `the controller has not ${waits} of ${describeTarget(target)}. Nothing was written.`,
        {
          hint: 'See whether the controller of Argo Rollouts is running, then try again.',
        },
      )
    await sleep(POLL_MS, undefined, { signal })
  }
}

async function waitsFor(rollout: Rollout, kube: KubeContext['kube']): Promise<string | undefined> {
  if (!isObserved(rollout)) return 'seen the new template'
  if (isBeingResumed(rollout)) return 'reacted to the last resumption'
  if (rollout.spec.workloadRef === undefined) return undefined
  const workload = await referencedWorkload(rollout, kube)
  const generation = String(valueAt(workload.object, '/metadata/generation') ?? '')
  const seen = [rollout.metadata.annotations?.[workloadGeneration], rollout.status.workloadObservedGeneration]
  return seen.every((each) => each === generation) ? undefined : 'seen the new template'
}
