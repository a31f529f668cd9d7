import { nameOf } from '../evidence/finding.ts'
import type { Plan } from '../plan/plan.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A new namespace with nothing in it. */
export function* createNamespace({ names: [name = ''], survey, offered }: Order): Plan<string> {
  const ref = { kind: 'Namespace', name }
  if (!label.test(name)) return `\`${name}\` cannot be the name of a namespace: letters, digits and dashes can.`
  if (survey.namespaces.includes(name)) return `${nameOf(ref)} is there already, so there is nothing to create.`
  const content = JSON.stringify({ apiVersion: 'v1', kind: ref.kind, metadata: { name } })
  return yield* change({
    ref,
    says: `create ${nameOf(ref)}`,
    calls: [{ tool: 'k8s_apply', args: { content } }],
    offered,
  })
}
