import { isWorkload } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import type { Value } from '../commands/command.ts'
import { nameOf } from '../evidence/finding.ts'
import { patch } from '../evidence/patches.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseObject } from '../requests/choose-object.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'

export function* scale(order: Order): Plan<string> {
  const chosen = chooseObject(order, ['Deployment', 'StatefulSet'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const object = yield* readObject(ref.kind.toLowerCase(), ref.name, ref.namespace)
  if (object === undefined || !isWorkload(object)) return `${nameOf(ref)} cannot be read, so nothing was changed.`
  const now = object.spec.replicas ?? 1
  const replicas = wantedNumber(order.value.replicas, now)
  const before = `${nameOf(ref)}: \`spec.replicas\` is ${now}`
  if (replicas === undefined) return `${before}. Say how many replicas it should have.`
  if (replicas === now) return `${before} already, so there is nothing to change.`
  const args = { name: ref.name, resource_type: ref.kind.toLowerCase(), replicas, namespace: ref.namespace }
  return yield* change({
    ref,
    before,
    says: `scale ${nameOf(ref)} from ${now} to ${replicas}`,
    calls: [{ tool: 'k8s_scale', args }, patch(ref, { spec: { replicas } }, 'merge')],
    offered: order.offered,
  })
}

/** How many there should be, from how many there are; undefined when no number was said. */
function wantedNumber(wanted: Value['replicas'], now: number): number | undefined {
  if (wanted === undefined) return undefined
  if ('to' in wanted) return wanted.to
  return Math.max(0, 'by' in wanted ? now + wanted.by : Math.ceil(now * wanted.times))
}
