import { type Container, containersOf, isWorkload, type Ref, type Workload } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import { nameOf } from '../evidence/finding.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseObject } from '../requests/choose-object.ts'
import type { Order } from '../requests/request.ts'

export type ChosenContainer = { ref: Ref; workload: Workload; container: Container } | { sentence: string }

/** The one container that a change is for, or a sentence that says why there is none. */
export function* chooseContainer(
  order: Order,
  isLikely: (container: Container) => boolean = () => false,
): Plan<ChosenContainer> {
  const chosen = chooseObject(order, ['Deployment', 'StatefulSet', 'DaemonSet'])
  if ('sentence' in chosen) return chosen
  const { ref } = chosen
  const workload = yield* readObject(ref.kind.toLowerCase(), ref.name, ref.namespace)
  if (workload === undefined || !isWorkload(workload)) {
    return { sentence: `${nameOf(ref)} cannot be read, so nothing was changed.` }
  }
  const containers = containersOf(workload.spec.template.spec)
  const named = order.container
  const container =
    named === undefined
      ? (containers.find(isLikely) ?? (containers.length === 1 ? containers[0] : undefined))
      : containers.find(({ name }) => name === named)
  if (container !== undefined) return { ref, workload, container }
  const names = containers.map(({ name, image }) => `\`${name}\` (\`${image}\`)`).join(', ')
  const why = named === undefined ? 'has several containers' : `has no container \`${named}\`, but`
  return { sentence: `${nameOf(ref)} ${why}: ${names}. Say which one is meant.` }
}
