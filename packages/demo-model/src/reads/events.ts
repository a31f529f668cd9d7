import { scopeArgs } from '../cluster/scope.ts'
import { nameOf } from '../evidence/finding.ts'
import { call, type Plan } from '../plan/plan.ts'
import { isSure } from '../requests/focus.ts'
import type { Request } from '../requests/request.ts'
import { shownLines } from './shown-lines.ts'

/** What has happened: to one object, or in a namespace, or anywhere. */
export function* events({ focus, offered }: Request): Plan<string> {
  const [best] = focus.objects
  const one = best !== undefined && isSure(focus) ? best.ref : undefined
  const scope = one?.namespace ?? focus.namespaces[0] ?? 'all'
  const filter = one === undefined ? {} : { kind: one.kind, name: one.name }
  const reply = offered.has('k8s_events')
    ? yield* call('k8s_events', { ...scopeArgs(scope), ...filter })
    : yield* call('k8s_get', {
        resource_type: 'events',
        ...scopeArgs(scope),
        ...(one !== undefined && { field_selector: `involvedObject.kind=${one.kind},involvedObject.name=${one.name}` }),
      })
  const where = one === undefined ? (scope === 'all' ? 'this cluster' : `namespace \`${scope}\``) : nameOf(one)
  if (reply.kind !== 'answered') return `The events of ${where} cannot be read: ${reply.text.trim()}`
  return `Events of ${where}:\n\n${shownLines(reply.text, { hint: 'name a namespace or an object to see less' })}`
}
