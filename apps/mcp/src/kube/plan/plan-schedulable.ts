import { changesOf, nameForPeople } from '../../effect/effect-object.ts'
import type { KubeContext } from '../kube-context.ts'
import { readConsistently } from '../read-consistently.ts'
import type { KubePlan } from '../target/kube-plan.ts'
import { planPatch } from './plan-patch.ts'

/** Opens a node to new pods, or closes it; the pods on it stay. */
export async function planSchedulable(node: string, isOpen: boolean, context: KubeContext): Promise<KubePlan> {
  const { kube } = context
  const target = { resource: await kube.resolve('nodes.v1.'), name: node }
  const word = isOpen ? 'uncordon' : 'cordon'
  return {
    objects: [
      {
        plan: () =>
          readConsistently(async () => {
            const patch = { spec: { unschedulable: !isOpen } }
            const write = { verb: 'patch', type: 'strategic', patch, fieldValidation: 'Strict' } as const
            return planPatch(target, await kube.read(target), write, context)
          }),
      },
    ],
    summary: ([objectPlan]) => {
      const named = objectPlan === undefined ? node : nameForPeople(objectPlan.ref)
      return objectPlan !== undefined && changesOf(objectPlan).length === 0
        ? `${named} is already ${word}ed`
        : `${isOpen ? 'Open' : 'Close'} ${named} to new pods (${word})`
    },
    undo: () => ({ tool: isOpen ? 'k8s_cordon' : 'k8s_uncordon', args: { node_name: node } }),
    report: ([objectPlan]) => {
      const already = objectPlan !== undefined && changesOf(objectPlan).length === 0 ? 'already ' : ''
      return `node/${node} ${already}${word}ed`
    },
  }
}
