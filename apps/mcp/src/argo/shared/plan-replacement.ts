import { withoutGenerated } from '../../effect/generated-fields.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { dryRunOrCompute } from '../../kube/plan/dry-run-or-compute.ts'
import { type RequestsPlan, refOf } from '../../kube/target/kube-plan.ts'
import type { Write } from '../../kube/write.ts'

/** What it would do to put `wanted` in the place of the object as just read; `said`: what of it the caller wrote. */
export async function planReplacement(
  target: Target,
  live: KubeObject,
  { wanted, said }: { wanted: KubeObject; said: unknown },
  { kube }: Pick<KubeContext, 'kube'>,
): Promise<RequestsPlan> {
  const write: Write = { verb: 'update', object: wanted, fieldValidation: 'Strict' }
  const { after, untried } = await dryRunOrCompute<{ after: KubeObject; untried?: string }>(
    async () => ({ after: await kube.dryRun(target, write, live) }),
    async (reason) => ({ after: wanted, untried: reason }),
  )
  const { object, generated } = withoutGenerated(after, { before: live })
  return {
    ref: refOf(kube.cluster, target, live),
    target,
    action: 'update',
    before: live,
    after: object,
    said,
    basis: untried === undefined ? 'server' : 'computed',
    writes: [write],
    generated,
    signals: untried === undefined ? [] : [{ risk: 'medium', reason: untried }],
  }
}
