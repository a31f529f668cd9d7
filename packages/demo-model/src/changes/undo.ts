import { containersOf, isWorkload } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseObject } from '../requests/choose-object.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'

export function* undo(order: Order): Plan<string> {
  const chosen = chooseObject(order, ['Deployment', 'StatefulSet', 'DaemonSet'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const object = yield* readObject(ref.kind.toLowerCase(), ref.name, ref.namespace)
  if (object === undefined || !isWorkload(object)) return `${nameOf(ref)} cannot be read, so nothing was changed.`
  const images = containersOf(object.spec.template.spec).map(({ image }) => `\`${image}\``)
  const before = `${nameOf(ref)}: \`spec.template.spec.containers[*].image\` is ${images.join(', ')}`
  const {
    offered,
    value: { revision: wanted },
  } = order
  if (ref.kind !== 'Deployment' || wanted !== undefined) {
    const to = wanted === undefined ? {} : { to_revision: wanted }
    const args = { name: ref.name, resource_type: ref.kind.toLowerCase(), namespace: ref.namespace, ...to }
    const says = `roll ${nameOf(ref)} back to ${wanted === undefined ? 'the revision before' : `revision ${wanted}`}`
    return yield* change({ ref, before, says, calls: [{ tool: 'k8s_rollout_undo', args }], offered })
  }
  const back = yield* wayBack(object, () => true)
  if (back === undefined) return `${before}. It has no earlier revision, so there is nothing to go back to.`
  return yield* change({ ref, before, says: back.remedy.says, calls: back.remedy.calls, offered })
}
