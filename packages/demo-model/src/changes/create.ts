import { nameOf } from '../evidence/finding.ts'
import type { Plan } from '../plan/plan.ts'
import type { Order } from '../requests/request.ts'
import { missingText } from '../requests/unknown-names.ts'
import { change } from './change.ts'

/** A new Deployment of one container. */
export function* create({ names, value, focus, survey, offered }: Order): Plan<string> {
  const { image, replicas } = value
  const [name, ...others] = names
  const [namespace, ...spaces] = focus.namespaces
  if (focus.elsewhere !== undefined) return missingText(focus, survey).trim()
  if (name === undefined || others.length > 0) return 'Say what the Deployment shall be called, in one word.'
  if (namespace === undefined || spaces.length > 0) return 'Say in which namespace, and in one of them.'
  const ref = { kind: 'Deployment', name, namespace }
  const isThere = survey.objects.some(
    (one) => one.kind === ref.kind && one.name === name && one.namespace === namespace,
  )
  if (isThere) return `${nameOf(ref)} is there already, so there is nothing to create.`
  const labels = { app: name }
  const content = JSON.stringify({
    apiVersion: 'apps/v1',
    kind: ref.kind,
    metadata: { name, namespace, labels },
    spec: {
      replicas: replicas !== undefined && 'to' in replicas ? replicas.to : 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image }] } },
    },
  })
  return yield* change({
    ref,
    says: `create ${nameOf(ref)} with the image \`${image}\``,
    calls: [{ tool: 'k8s_apply', args: { content, namespace } }],
    offered,
  })
}
