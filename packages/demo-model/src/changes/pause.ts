import { isWorkload } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { patch } from '../evidence/patches.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseObject } from '../requests/choose-object.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'

/** Stops the roll-out of a Deployment where it is, or lets it go on. */
export function* pause(order: Order): Plan<string> {
  const chosen = chooseObject(order, ['Deployment'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const object = yield* readObject('deployment', ref.name, ref.namespace)
  if (object === undefined || !isWorkload(object)) return `${nameOf(ref)} cannot be read, so nothing was changed.`
  const isPausing = order.action === 'pause'
  const before = `${nameOf(ref)}: \`spec.paused\` is ${object.spec.paused ?? false}`
  if ((object.spec.paused ?? false) === isPausing) return `${before} already, so there is nothing to change.`
  return yield* change({
    ref,
    before,
    says: isPausing ? `pause the roll-out of ${nameOf(ref)}` : `let the roll-out of ${nameOf(ref)} go on`,
    calls: [patch(ref, { spec: { paused: isPausing } }, 'merge')],
    offered: order.offered,
  })
}
