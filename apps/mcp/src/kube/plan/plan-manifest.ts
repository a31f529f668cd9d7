import type { KubeContext } from '../kube-context.ts'
import { readConsistently } from '../read-consistently.ts'
import type { KubeObjectPlan } from '../target/kube-plan.ts'
import type { FieldConflict } from './field-conflict.ts'
import type { PlacedManifest } from './place-manifests.ts'
import { planCreation } from './plan-creation.ts'
import { planUpdate } from './plan-update.ts'

/** What applying one manifest would do, and which fields it would take over from others. */
export type AppliedPlan = KubeObjectPlan & { takenOver: readonly FieldConflict[] }

/** Looks at what applying a manifest would do, each time anew. */
export function manifestPlanner(
  placed: PlacedManifest,
  context: KubeContext,
  options: { forceConflicts: boolean },
): () => Promise<AppliedPlan> {
  // Kept once decided: when the Namespace or the definition is there, the object is still what was approved.
  let why: string | undefined
  return () =>
    readConsistently(async () => {
      const live = await context.kube.find(placed.target)
      if (live !== undefined) return planUpdate(placed, live, context, options)
      why ??= await whyNotTried(placed, context)
      return { ...(await planCreation(placed, context, why)), takenOver: [] }
    })
}

async function whyNotTried(
  { definition, namespaceComes, target }: PlacedManifest,
  { kube }: KubeContext,
): Promise<string | undefined> {
  if (definition !== undefined) return 'its definition comes in the same apply, so it cannot be tried out'
  if (!namespaceComes || target.namespace === undefined) return undefined
  const [namespace] = await Promise.allSettled([kube.get(`/api/v1/namespaces/${target.namespace}`)])
  return namespace.status === 'fulfilled'
    ? undefined
    : 'its Namespace comes in the same apply, so it cannot be tried out'
}
