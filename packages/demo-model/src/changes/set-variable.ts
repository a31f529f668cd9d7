import { nameOf } from '../evidence/finding.ts'
import { patchContainer } from '../evidence/patches.ts'
import type { Plan } from '../plan/plan.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'
import { chooseContainer } from './choose-container.ts'

/** Gives a container a variable with a value. */
export function* setVariable(order: Order): Plan<string> {
  const { variable } = order.value
  if (variable === undefined) return 'Say which variable it is, and its value.'
  const chosen = yield* chooseContainer(order)
  if ('sentence' in chosen) return chosen.sentence
  const { ref, workload, container } = chosen
  const { name, value } = variable
  const own = container.env?.find((one) => one.name === name)
  const held = own === undefined ? 'is not set' : own.valueFrom ? 'comes from elsewhere' : `is \`${own.value ?? ''}\``
  const before = `${nameOf(ref)}: \`spec.template.spec.containers[${container.name}].env[${name}]\` ${held}`
  if (own?.value === value) return `${before} already, so there is nothing to change.`
  const entry = { name, value, ...(own?.valueFrom && { valueFrom: null }) }
  return yield* change({
    ref,
    before,
    says: `set \`${name}\` of ${nameOf(ref)} to \`${value}\``,
    calls: [patchContainer(workload, container, { env: [entry] })],
    offered: order.offered,
  })
}
