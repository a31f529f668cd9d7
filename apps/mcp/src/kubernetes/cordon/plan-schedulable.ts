import { changesOf, nameForPeople } from '../../effect/effect-object.ts'
import type { Plan } from '../../gate/plan.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { ToolContext } from '../../tool/tool-context.ts'
import { lookAtPatch } from '../patch/look-at-patch.ts'

/** Opens a node to new pods, or closes it; the pods on it stay. */
export async function planSchedulable(node: string, isOpen: boolean, context: ToolContext): Promise<Plan> {
  const { kube } = context
  const target = { resource: await kube.resolve('nodes.v1.'), name: node }
  const word = isOpen ? 'uncordon' : 'cordon'
  return {
    objects: [
      {
        look: () =>
          readConsistently(async () => {
            const patch = { spec: { unschedulable: !isOpen } }
            const write = { verb: 'patch', type: 'strategic', patch, fieldValidation: 'Strict' } as const
            return lookAtPatch(target, await kube.read(target), write, context)
          }),
      },
    ],
    summary: ([look]) => {
      const named = look === undefined ? node : nameForPeople(look.ref)
      return look !== undefined && changesOf(look).length === 0
        ? `${named} is already ${word}ed`
        : `${isOpen ? 'Open' : 'Close'} ${named} to new pods (${word})`
    },
    undo: () => ({ tool: isOpen ? 'k8s_cordon' : 'k8s_uncordon', args: { node_name: node } }),
    report: ([look]) => {
      const already = look !== undefined && changesOf(look).length === 0 ? 'already ' : ''
      return `node/${node} ${already}${word}ed`
    },
  }
}
