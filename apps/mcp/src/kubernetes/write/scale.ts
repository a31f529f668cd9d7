import { valueAt } from '@fairlead/contract/json/json-pointer'
import { z } from 'zod'
import { scaleWords } from '../../effect/change-words/change-words.ts'
import { nameForPeople } from '../../effect/effect-object.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { revertUndo } from '../../effect/revert-undo.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { name, namespace, type } from '../../input/object-params.ts'
import { required } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { type Target, typeName } from '../../kube/discovery/api-resource.ts'
import type { Kube } from '../../kube/kube.ts'
import { dryRunOrCompute } from '../../kube/plan/dry-run-or-compute.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import { type KubeObjectPlan, type KubePlan, refOf } from '../../kube/target/kube-plan.ts'
import type { Write } from '../../kube/write.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { autoscalersOf } from './scale/autoscalers.ts'
import { replicasPath } from './scale/replicas-path.ts'
import { withValueAt } from './scale/with-value-at.ts'

export const k8sScale = defineTool({
  name: 'k8s_scale',
  title: 'Scale Kubernetes Resource',
  description: 'Set the number of replicas of a Deployment, StatefulSet or anything else with a scale subresource.',
  changes: 'write',
  idempotent: true,
  openWorld: false,
  input: z.object({
    name,
    resource_type: type,
    replicas: required('replicas', integer(0, 10_000)),
    namespace,
  }),
  async plan(args, { kube, defaultNamespace, settings }): Promise<KubePlan> {
    const resource = await kube.resolve(args.resource_type)
    const target: Target = {
      resource,
      name: args.name,
      ...(resource.namespaced && { namespace: args.namespace ?? defaultNamespace }),
    }
    if (!resource.subresources.includes('scale')) {
      throw new ToolError('Refused', `${typeName(resource)} cannot be scaled: it has no scale subresource.`)
    }
    const path = await replicasPath(kube, resource)
    const replicasOf = (object: KubeObject | undefined) => (object === undefined ? undefined : valueAt(object, path))
    const place = target.namespace === undefined ? '' : ` in ${target.namespace}`
    return {
      namespace: target.namespace,
      objects: [{ plan: () => readConsistently(() => planScale(kube, target, { replicas: args.replicas, path })) }],
      summary: (objectPlans) => {
        const [objectPlan] = objectPlans
        const named = objectPlan === undefined ? args.name : nameForPeople(objectPlan.ref)
        const isSame = replicasOf(objectPlan?.before) === replicasOf(objectPlan?.after)
        return isSame
          ? `${named} already has ${args.replicas} replicas`
          : `Scale ${args.name} ${scaleWords(replicasOf(objectPlan?.before), args.replicas)}${place}`
      },
      undo: (objectPlans) =>
        undoOf(args, replicasOf(objectPlans[0]?.before)) ?? revertUndo(objectPlans, settings.redactionKey),
      report: (objectPlans) => {
        const [former, present] = [objectPlans[0]?.before, objectPlans[0]?.after].map(replicasOf)
        const isSame = former === present
        return `${typeName(resource)}/${args.name} ${isSame ? `already has ${args.replicas} replicas` : `scaled ${former ?? 'unset'} -> ${args.replicas}`}`
      },
    }
  },
})

async function planScale(
  kube: Kube,
  target: Target,
  { replicas, path }: { replicas: number; path: string },
): Promise<KubeObjectPlan> {
  const write: Write = { verb: 'patch', type: 'merge', subresource: 'scale', patch: { spec: { replicas } } }
  const before = await kube.read(target)
  const [{ settled, untried }, autoscalers] = await Promise.all([
    dryRunOrCompute<{ settled: unknown; untried?: string }>(
      async () => ({ settled: valueAt(await kube.dryRun(target, write, before), '/spec/replicas') }),
      async (reason) => ({ settled: replicas, untried: reason }),
    ),
    autoscalersOf(kube, target),
  ])
  // The answer to a scale is a Scale: the number it settled on is put where the object itself keeps it.
  const after = withValueAt(before, path, settled ?? replicas)
  const signals = autoscalers.map(
    (autoscaler): RiskSignal => ({
      risk: 'medium',
      reason: `${autoscaler} scales it too, and will set its own number`,
    }),
  )
  return {
    ref: refOf(kube.cluster, target, before),
    target,
    action: 'update',
    before,
    after,
    replicasPath: path,
    basis: untried === undefined ? 'server' : 'computed',
    writes: [write],
    signals: untried === undefined ? signals : [...signals, { risk: 'medium', reason: untried }],
  }
}

/** Undefined where no number was set before. */
function undoOf(args: { name: string; resource_type: string; namespace: string | null }, former: unknown) {
  if (typeof former !== 'number') return undefined
  return {
    tool: 'k8s_scale',
    args: {
      name: args.name,
      resource_type: args.resource_type,
      replicas: former,
      ...(args.namespace !== null && { namespace: args.namespace }),
    },
  }
}
