import { containersOf, isWorkload, type Workload } from '../cluster/objects.ts'
import { partLine, totalIn } from '../cluster/part.ts'
import { readObject, readObjects } from '../cluster/read-objects.ts'
import { type Scope, scopeArgs } from '../cluster/scope.ts'
import { isOfTheCluster, isOfTheSystem } from '../cluster/survey.ts'
import { rowsIn } from '../cluster/tables.ts'
import { nameOf } from '../evidence/finding.ts'
import { singular } from '../lexicon/kinds.ts'
import { call, type Plan } from '../plan/plan.ts'
import { findByName } from '../requests/find-by-name.ts'
import { isSure } from '../requests/focus.ts'
import type { Request } from '../requests/request.ts'
import { missingText } from '../requests/unknown-names.ts'
import { podFilter } from './pod-filter.ts'
import { showObject } from './show-object.ts'
import { shownLines } from './shown-lines.ts'

const workloads = 'deployments,statefulsets,daemonsets'

/** What there is, as the cluster prints it; one object whole when it is named; or its number or image alone. */
export function* list(request: Request): Plan<string> {
  const { understood, focus, survey } = request
  const missing = missingText(focus, survey)
  const [best] = focus.objects
  const words = understood.tokens.map(({ text }) => text).join(' ')
  const asksForImages = /\b(?:images?|tags?|versions?)\b/.test(words)
  if (best !== undefined && isSure(focus) && (asksForImages || /\b(?:replicas?|instances?|copies)\b/.test(words))) {
    const object = yield* readObject(best.ref.kind.toLowerCase(), best.ref.name, best.ref.namespace)
    if (object !== undefined && isWorkload(object)) return [replicaLine(object), ...imageLines(object)].join('\n')
  }
  const kinds = understood.kind ?? workloads
  const isWide = isOfTheCluster(kinds)
  const scope: Scope = focus.namespaces[0] ?? 'all'
  if (asksForImages && !isWide) return `${missing}${yield* listImages(scope)}`
  if (understood.kind !== undefined && !understood.isCount) {
    const { exact } = yield* findByName(kinds, request)
    const [only] = exact
    if (only !== undefined && exact.length === 1) return yield* showObject(only)
  }
  const filter = kinds === 'pods' ? yield* podFilter(request) : { args: {}, of: '' }
  if ('sentence' in filter) return filter.sentence
  const place = isWide || 'namespace' in filter.args ? {} : scopeArgs(scope)
  const reply = yield* call('k8s_get', { resource_type: kinds, ...place, ...filter.args })
  const what = understood.kind ?? 'workloads'
  if (reply.kind !== 'answered') return `The ${what} cannot be read: ${reply.text.trim()}`
  const rows = rowsIn(reply.text)
  const within = isWide || scope === 'all' ? 'in this cluster' : `in namespace \`${scope}\``
  const where = filter.of === '' ? within : filter.of
  if (rows.length === 0) return `${missing}There are no ${what} ${where}.`
  const { count, isMore } = totalIn(reply.text) ?? { count: rows.length, isMore: false }
  const number = `${isMore ? 'more than ' : ''}${count} ${count === 1 ? singular(what) : what}`
  return `${missing}There ${count === 1 && !isMore ? 'is' : 'are'} ${number} ${where}.\n\n${shownLines(reply.text)}`
}

const MAX_IMAGES = 40

/** The images of all workloads of a place. */
function* listImages(scope: Scope): Plan<string> {
  const { objects, parts } = yield* readObjects([workloads], scope)
  const lines = objects
    .filter(isWorkload)
    .filter(({ metadata }) => scope !== 'all' || !isOfTheSystem(metadata.namespace ?? ''))
    .flatMap(imageLines)
  const rest =
    lines.length > MAX_IMAGES ? [`- and ${lines.length - MAX_IMAGES} more; name a namespace to see less`] : []
  const where = scope === 'all' ? 'this cluster' : `namespace \`${scope}\``
  const text = [`The images of ${where}:`, '', ...lines.slice(0, MAX_IMAGES), ...rest].join('\n')
  return [text, partLine(parts, scope)].filter((part) => part !== '').join('\n\n')
}

function replicaLine({ metadata: { name, namespace }, kind, spec, status }: Workload): string {
  const wanted = kind === 'DaemonSet' ? status?.desiredNumberScheduled : (spec.replicas ?? 1)
  const field = kind === 'DaemonSet' ? 'status.desiredNumberScheduled' : 'spec.replicas'
  const ready = kind === 'DaemonSet' ? 'numberReady' : 'readyReplicas'
  return `- ${nameOf({ kind, name, namespace })}: \`${field}\` is ${wanted ?? 0}, \`status.${ready}\` is ${status?.[ready] ?? 0}`
}

function imageLines({ metadata, kind, spec }: Workload): string[] {
  const of = nameOf({ kind, name: metadata.name, namespace: metadata.namespace })
  return containersOf(spec.template.spec).map(
    ({ name, image }) => `- ${of}: \`spec.template.spec.containers[${name}].image\` is \`${image}\``,
  )
}
