import { valueAt } from '@fairlead/contract/json/json-pointer'
import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { name, namespace, rolloutType } from '../../input/object-params.ts'
import { describeTarget, type Target, typeName } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'

const annotation = 'kubectl.kubernetes.io/restartedAt'
const annotationPath = `/spec/template/metadata/annotations/${annotation.replace('/', '~1')}`

export const k8sRolloutRestart = defineTool({
  name: 'k8s_rollout_restart',
  title: 'Restart Kubernetes Deployment',
  description: 'Replace all pods of a Deployment, StatefulSet or DaemonSet by new ones of the same template.',
  changes: 'write',
  idempotent: false,
  openWorld: false,
  input: z.object({ name, namespace, resource_type: rolloutType }),
  async plan(args, context): Promise<KubePlan> {
    const { kube, pins, now } = context
    const resource = await kube.resolve(`${args.resource_type}s.apps`)
    const target = { resource, name: args.name, namespace: args.namespace ?? context.defaultNamespace }
    const restartedAt = typeof pins.restartedAt === 'string' ? pins.restartedAt : now().toISOString()
    return {
      namespace: target.namespace,
      pins: { restartedAt },
      objects: [{ plan: () => readConsistently(() => planRestart(target, restartedAt, context)) }],
      summary: ([objectPlan]) =>
        `Restart the pods of ${objectPlan === undefined ? args.name : nameForPeople(objectPlan.ref)}`,
      undo: ([objectPlan]) => ({
        tool: 'k8s_patch',
        args: {
          name: args.name,
          resource_type: args.resource_type,
          patch: JSON.stringify(annotatedWith(valueAt(objectPlan?.before, annotationPath) ?? null)),
          ...(args.namespace !== null && { namespace: args.namespace }),
        },
      }),
      report: () => `${typeName(resource)}/${args.name} restarted`,
    }
  },
})

function annotatedWith(restartedAt: unknown) {
  return { spec: { template: { metadata: { annotations: { [annotation]: restartedAt } } } } }
}

async function planRestart(
  target: Target,
  restartedAt: string,
  context: Pick<KubeContext, 'kube'>,
): Promise<KubeObjectPlan> {
  const live = await context.kube.read(target)
  if (valueAt(live, '/spec/paused') === true) {
    throw new ToolError('Refused', `${describeTarget(target)} is paused: it would not restart.`, {
      hint: 'Resume it first: k8s_patch with {"spec":{"paused":null}}.',
    })
  }
  const patch = annotatedWith(restartedAt)
  const objectPlan = await planPatch(
    target,
    live,
    { verb: 'patch', type: 'strategic', patch, fieldValidation: 'Strict' },
    context,
  )
  return {
    ...objectPlan,
    action: 'restart',
    signals: [...(objectPlan.signals ?? []), ...restartSignals(live, objectPlan)],
  }
}

function restartSignals({ spec }: KubeObject, { ref }: KubeObjectPlan): RiskSignal[] {
  const subject = nameForPeople(ref)
  const { replicas, updateStrategy } = (spec ?? {}) as { replicas?: number; updateStrategy?: { type?: string } }
  const signals: RiskSignal[] = [{ risk: 'medium', reason: `restarts the pods of ${subject}` }]
  if (replicas === 1) signals.push({ risk: 'medium', reason: `${subject} has one replica: nothing stands in for it` })
  if (updateStrategy?.type === 'OnDelete') {
    signals.push({ risk: 'low', reason: `${subject} replaces its pods only as they are deleted (OnDelete)` })
  }
  return signals
}
