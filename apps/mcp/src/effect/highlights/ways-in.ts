import type { Fact, FactRule, Read } from './fact.ts'
import { at, groupOf, type Part, recordIn, recordsIn, textsIn } from './parts.ts'
import { podsOf } from './pods.ts'
import { admissionWebhooks, conversionWebhook, serviceOf } from './webhooks.ts'

/** How something from outside reaches what runs in the cluster, or the API server itself. */
export const waysIn: FactRule = (read) => {
  const key = `${groupOf(read.object)}/${read.object.kind}`
  const ofKind = Object.hasOwn(byKind, key) ? byKind[key] : undefined
  return [...(ofKind?.({ path: '', value: read.object }, read) ?? []), ...hostPorts(read)]
}

const byKind: Readonly<Record<string, (root: Part, read: Read) => Fact[]>> = {
  '/Service': ofService,
  'networking.k8s.io/Ingress': ofIngress,
  'extensions/Ingress': ofIngress,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': admissionWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': admissionWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': conversionWebhook,
  'apiregistration.k8s.io/APIService': ofApiService,
}

function ofService(root: Part, { quote }: Read): Fact[] {
  const spec = recordIn(root, 'spec')
  if (spec === undefined) return []
  const fact = (path: string, words: string): Fact => ({ group: 'ways in', path, of: '', fact: words })
  const { type } = spec.value
  const outside = textsIn(spec, 'externalIPs').map(({ path }) => fact(path, `Service at the address ${quote(path)}`))
  if (type !== 'LoadBalancer' && type !== 'NodePort') return outside
  return [
    fact('/spec/type', `Service of type ${type}`),
    ...(type === 'LoadBalancer'
      ? ofSources(spec, quote).map(([path, from]) => fact(path, `Service open to ${from}`))
      : []),
    ...outside,
  ]
}

function ofSources(spec: Part, quote: Read['quote']): [path: string, from: string][] {
  const ranges = textsIn(spec, 'loadBalancerSourceRanges')
  if (ranges.length === 0) return [['/spec/type', 'any address']]
  return ranges.map(({ path }) => [path, quote(path)])
}

function ofIngress(root: Part, { quote }: Read): Fact[] {
  const spec = recordIn(root, 'spec')
  if (spec === undefined) return []
  const anyHost = recordIn(spec, 'defaultBackend') ?? recordIn(spec, 'backend')
  return [
    ...recordsIn(spec, 'rules').map(({ path, value }): Fact => {
      const host = typeof value.host === 'string' && value.host !== '' ? quote(at(path, 'host')) : '*'
      return { group: 'ways in', path, of: 'rules', fact: `Ingress ${host}` }
    }),
    ...(anyHost === undefined
      ? []
      : [{ group: 'ways in', path: anyHost.path, of: 'rules', fact: 'Ingress *' } as const]),
  ]
}

function ofApiService(root: Part, { quote }: Read): Fact[] {
  const path = '/metadata/name'
  const service = recordIn(root, 'spec', 'service')
  const backend = service === undefined ? '' : ` at ${serviceOf(service, quote)}`
  return [{ group: 'ways in', path, of: '', fact: `API service ${quote(path)}${backend}` }]
}

/** Of the node that the pod runs on: whoever reaches the node reaches it. */
function hostPorts({ object }: Read): Fact[] {
  return podsOf(object)
    .flatMap(({ containers }) => containers)
    .flatMap((container) =>
      recordsIn(container, 'ports')
        .filter(({ value }) => typeof value.hostPort === 'number' && value.hostPort !== 0)
        .map(({ path, value }): Fact => {
          return { group: 'ways in', path: at(path, 'hostPort'), of: container.of, fact: `host port ${value.hostPort}` }
        }),
    )
}
