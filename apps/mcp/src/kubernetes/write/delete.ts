import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import { requireNameOfKind } from '../../input/names.ts'
import { name, namespace, type } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer, oneOf } from '../../input/reader.ts'
import { credentialSignals, requireCredentials } from '../../kube/credentials-namespace.ts'
import { type Target, typeName } from '../../kube/discovery/api-resource.ts'
import { planDeletion } from '../../kube/plan/plan-deletion.ts'
import { requireDeletable } from '../../kube/plan/require-deletable.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { untilGone, waitingFor } from '../../kube/until-gone.ts'
import { defineTool } from '../shared/define-tool.ts'

const mostWaitSeconds = 270
const defaultWaitSeconds = 60

export const k8sDelete = defineTool({
  name: 'k8s_delete',
  title: 'Delete Kubernetes Resource',
  description:
    'Delete one object by its exact name, and what it owns with it. To stop a workload but keep it, scale it to 0 with k8s_scale.',
  changes: 'destroy',
  idempotent: true,
  openWorld: false,
  mayWriteCredentials: true,
  input: z.object({
    name,
    resource_type: type,
    namespace,
    grace_period_seconds: optional('grace_period_seconds', integer(1, mostWaitSeconds), null),
    propagation_policy: optional(
      'propagation_policy',
      oneOf(['Background', 'Foreground', 'Orphan']),
      'Background' as const,
    ),
    timeout_seconds: optional('timeout_seconds', integer(1, mostWaitSeconds), defaultWaitSeconds),
  }),
  seconds: ({ timeout_seconds }) => 30 + timeout_seconds,
  async plan(args, context): Promise<KubePlan> {
    const { kube, settings } = context
    const resource = await kube.resolve(args.resource_type)
    requireNameOfKind('name', args.name, resource.kind)
    const target: Target = {
      resource,
      name: args.name,
      ...(resource.namespaced && { namespace: args.namespace ?? context.defaultNamespace }),
    }
    requireDeletable(target, settings)
    requireCredentials([{ target }], settings)
    const deletion = {
      propagationPolicy: args.propagation_policy,
      gracePeriodSeconds: args.grace_period_seconds ?? undefined,
    }
    return {
      namespace: target.namespace,
      objects: [{ plan: async () => planDeletion(target, await kube.read(target), deletion, context) }],
      summary: ([objectPlan]) => `Delete ${nameForPeople((objectPlan as KubeObjectPlan).ref)}`,
      undo: () => ({ impossible: 'a deleted object does not come back; its manifest can be applied anew' }),
      signals: () => credentialSignals([{ target }], settings),
      report: () => `${typeName(resource)} "${args.name}" deletion requested`,
      async settle([objectPlan]) {
        const left = await untilGone(
          target,
          (objectPlan as KubeObjectPlan).ref.uid ?? '',
          context,
          args.timeout_seconds * 1_000,
        )
        if (left === undefined) return { output: `${typeName(resource)} "${args.name}" deleted`, data: { done: true } }
        return { output: `deletion requested; ${waitingFor(left)}`, data: { done: false } }
      },
    }
  },
})
