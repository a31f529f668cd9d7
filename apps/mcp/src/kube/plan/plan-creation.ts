import { withoutGenerated } from '../../effect/generated-fields.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { KubeContext } from '../kube-context.ts'
import { computedCreation } from '../merge/compute-here.ts'
import { becomeApplier } from '../merge/managed-fields.ts'
import { type KubeObjectPlan, type LaterStep, refOf } from '../target/kube-plan.ts'
import type { Write } from '../write.ts'
import { dryRunOrCompute } from './dry-run-or-compute.ts'
import type { PlacedManifest } from './place-manifests.ts'

/** What making the object would do. `why` is given when the server cannot be asked, and says so to the approver. */
export async function planCreation(
  placed: PlacedManifest,
  { kube, settings }: KubeContext,
  why?: string,
): Promise<KubeObjectPlan> {
  const { target, manifest } = placed
  const create: Write = { verb: 'create', manifest, fieldValidation: 'Strict' }
  const computed = async (reason: string) => ({ after: await computedCreation(placed, kube), reason })
  const { after, reason } =
    why === undefined
      ? await dryRunOrCompute<{ after: KubeObject; reason?: string }>(
          async () => ({ after: await kube.dryRun(target, create) }),
          computed,
        )
      : await computed(why)
  const { object, generated } = withoutGenerated(after, { manifest })
  return {
    ref: refOf(kube.cluster, target),
    target,
    action: 'create',
    after: object,
    said: manifest,
    basis: reason === undefined ? 'server' : 'computed',
    writes: [create, moveFields(manifest, settings)],
    signals: reason === undefined ? [] : [{ risk: 'medium', reason }],
    generated,
  }
}

/** Who may create need not be allowed to patch, and what was made is there by then. */
function moveFields(manifest: KubeObject, { fieldManager }: Pick<KubeContext['settings'], 'fieldManager'>): LaterStep {
  return {
    verb: 'patch',
    next: (created) => becomeApplier(created, manifest, fieldManager),
    leftUndone: 'it was created, but its fields could not be made those of an apply, which the next apply does first',
  }
}
