import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { name, namespace } from '../../input/object-params.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubePlan } from '../../kube/target/kube-plan.ts'
import { rolloutTarget, stateAfter } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { planRolloutPatch } from '../shared/plan-rollout.ts'
import { asRollout, type Rollout } from '../shared/rollout.ts'

export const argoRolloutRestart = defineTool({
  name: 'argo_rollout_restart',
  title: 'Restart Argo Rollout',
  description: 'Replace all pods of a Rollout by new ones of the same template, one after another.',
  changes: 'write',
  idempotent: false,
  openWorld: false,
  input: z.object({ name, namespace }),
  async plan(args, context): Promise<KubePlan> {
    const { kube, pins, now } = context
    const target = await rolloutTarget(args, context)
    // The controller compares it with the times at which pods began, which have no fractions.
    const restartAt = typeof pins.restartAt === 'string' ? pins.restartAt : `${now().toISOString().slice(0, 19)}Z`
    return {
      namespace: target.namespace,
      pins: { restartAt },
      objects: [
        {
          plan: () =>
            readConsistently(async () => {
              const rollout = asRollout(await kube.read(target))
              const objectPlan = await planRolloutPatch(target, rollout, { spec: { restartAt } }, context)
              const signals = restartSignals(rollout)
              return { ...objectPlan, action: 'restart', signals: [...(objectPlan.signals ?? []), ...signals] }
            }),
        },
      ],
      summary: ([objectPlan]) =>
        `Restart the pods of ${objectPlan === undefined ? args.name : nameForPeople(objectPlan.ref)}`,
      undo: () => ({ impossible: 'pods that have been replaced do not come back' }),
      report: () => `rollout.argoproj.io/${args.name} restarted`,
      settle: () => stateAfter(target, 'restarted', context),
    }
  },
})

function restartSignals(rollout: Rollout): RiskSignal[] {
  const named = nameForPeople({ ...rollout, ...rollout.metadata })
  const signals: RiskSignal[] = [{ risk: 'medium', reason: `restarts the pods of ${named}` }]
  if ((rollout.spec.replicas ?? 1) === 1)
    signals.push({ risk: 'medium', reason: `${named} has one replica: nothing stands in for it` })
  return signals
}
