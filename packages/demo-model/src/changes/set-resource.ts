import { nameOf } from '../evidence/finding.ts'
import { patchContainer } from '../evidence/patches.ts'
import { numberOf } from '../evidence/quantity.ts'
import type { Plan } from '../plan/plan.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'
import { chooseContainer } from './choose-container.ts'

/** Sets how much of the processor or of memory a container may take, or asks for. */
export function* setResource(order: Order): Plan<string> {
  const { resource } = order.value
  if (resource === undefined) return 'Say which limit or request it is, and how much.'
  const { bound, name, quantity } = resource
  if (Number.isNaN(numberOf(quantity))) return `\`${quantity}\` is no quantity; \`500m\` and \`256Mi\` are some.`
  const chosen = yield* chooseContainer(order)
  if ('sentence' in chosen) return chosen.sentence
  const { ref, workload, container } = chosen
  const now = container.resources?.[bound]?.[name]
  const before = `${nameOf(ref)}: \`spec.template.spec.containers[${container.name}].resources.${bound}.${name}\` is ${now ?? 'not set'}`
  if (now === quantity) return `${before} already, so there is nothing to change.`
  return yield* change({
    ref,
    before,
    says: `set the ${name} ${bound.slice(0, -1)} of ${nameOf(ref)} to ${quantity}`,
    calls: [patchContainer(workload, container, { resources: { [bound]: { [name]: quantity } } })],
    offered: order.offered,
  })
}
