import { containersOf, isWorkload } from '../cluster/objects.ts'
import { totalIn } from '../cluster/part.ts'
import { readObject, type Scope, scopeArgs } from '../cluster/read-objects.ts'
import { rowsIn } from '../cluster/tables.ts'
import { nameOf } from '../evidence/finding.ts'
import { call, type Plan } from '../plan.ts'
import { singular } from '../words/kinds.ts'
import { isSure } from './focus.ts'
import type { Request } from './request.ts'
import { shownLines } from './shown-lines.ts'

const clusterWide = ['nodes', 'namespaces']

/** What there is, as the cluster prints it; or one number or image of one object. */
export function* list(request: Request): Plan<string> {
  const { understood, focus } = request
  const [best] = focus.objects
  const words = understood.tokens.map(({ text }) => text).join(' ')
  const asksForPart = /\b(?:replicas?|instances?|copies|images?|tags?|versions?)\b/.test(words)
  if (best !== undefined && isSure(focus) && asksForPart) {
    const object = yield* readObject(best.ref.kind.toLowerCase(), best.ref.name, best.ref.namespace)
    if (object !== undefined && isWorkload(object)) return partsOf(object)
  }
  const kind = understood.kind ?? 'deployments,statefulsets,daemonsets'
  const scope: Scope = focus.namespaces[0] ?? 'all'
  const args = { resource_type: kind, ...(clusterWide.includes(kind) ? {} : scopeArgs(scope)) }
  const reply = yield* call('k8s_get', args)
  if (reply.kind !== 'answered') return `The ${kind} cannot be read: ${reply.text.trim()}`
  const rows = rowsIn(reply.text)
  const where = clusterWide.includes(kind) || scope === 'all' ? 'in this cluster' : `in namespace \`${scope}\``
  if (rows.length === 0) return `There are no ${kind} ${where}.`
  const { count, isMore } = totalIn(reply.text) ?? { count: rows.length, isMore: false }
  const number = `${isMore ? 'more than ' : ''}${count} ${count === 1 ? singular(kind) : kind}`
  return `There ${count === 1 && !isMore ? 'is' : 'are'} ${number} ${where}.\n\n${shownLines(reply.text)}`
}

function partsOf(object: Parameters<typeof isWorkload>[0] & { spec: unknown }): string {
  if (!isWorkload(object)) return ''
  const { metadata, kind, spec, status } = object
  const of = nameOf({ kind, name: metadata.name, namespace: metadata.namespace })
  return [
    `- ${of}: \`spec.replicas\` is ${spec.replicas ?? 1}, \`status.readyReplicas\` is ${status?.readyReplicas ?? 0}`,
    ...containersOf(spec.template.spec).map(
      ({ name, image }) => `- ${of}: \`spec.template.spec.containers[${name}].image\` is \`${image}\``,
    ),
  ].join('\n')
}
