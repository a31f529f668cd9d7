import { isKind } from '../cluster/objects.ts'
import { objectsIn } from '../cluster/read-objects.ts'
import { scopeArgs } from '../cluster/scope.ts'
import { isOfTheSystem } from '../cluster/survey.ts'
import { nameOf } from '../evidence/finding.ts'
import { call, type Plan } from '../plan/plan.ts'
import type { Request } from '../requests/request.ts'

const MAX_REVISIONS = 8

const limits =
  'A cluster records no person with them, and this is all I see of changes: new revisions of Deployments. What was scaled, edited in a ConfigMap or deleted leaves none. Changes that were made through Fairlead are in its audit log, with who approved them.'

/** The newest revisions, from when they are: who made them is not in the cluster, and that is said. */
export function* recentChanges({ focus }: Request): Plan<string> {
  const [space, ...others] = focus.namespaces
  const scope = space !== undefined && others.length === 0 ? space : 'all'
  const reply = yield* call('k8s_get', { resource_type: 'replicasets', ...scopeArgs(scope), output: 'json' })
  if (reply.kind !== 'answered') return `The revisions cannot be read: ${reply.text.trim()}`
  const { objects, isCut } = objectsIn(reply.text)
  const names = new Set(focus.objects.map(({ ref }) => ref.name))
  const revisions = objects
    .filter(isKind('ReplicaSet'))
    .filter(({ metadata: { namespace = '' } }) => scope !== 'all' || !isOfTheSystem(namespace))
    .flatMap(({ metadata, spec }) => {
      const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'Deployment')
      if (owner === undefined || (names.size > 0 && !names.has(owner.name))) return []
      const { namespace, creationTimestamp = '', annotations = {} } = metadata
      const revision = annotations['deployment.kubernetes.io/revision'] ?? '?'
      const images = spec.template.spec.containers.map(({ image }) => `\`${image}\``).join(', ')
      const of = nameOf({ kind: 'Deployment', name: owner.name, ...(namespace !== undefined && { namespace }) })
      return [{ at: creationTimestamp, line: `- ${creationTimestamp} ${of}: revision ${revision}, ${images}` }]
    })
    .toSorted((a, b) => b.at.localeCompare(a.at))
  const part = isCut ? ' I could read a part of them only; name a namespace to see it whole.' : ''
  if (revisions.length === 0) return `I see no revision of a Deployment there.${part} ${limits}`
  return [
    `The newest revisions:${part}`,
    '',
    ...revisions.slice(0, MAX_REVISIONS).map(({ line }) => line),
    '',
    limits,
  ].join('\n')
}
