import type { Fact, FactRule, Read } from './fact.ts'
import { at, groupOf, type Part, recordIn, recordsIn } from './parts.ts'
import { shortened } from './shortened.ts'

/** How something from outside reaches what runs in the cluster, or the API server itself. */
export const waysIn: FactRule = (read) => {
  const root: Part = { path: '', value: read.object }
  switch (`${groupOf(read.object)}/${read.object.kind}`) {
    case '/Service':
      return ofService(root)
    case 'networking.k8s.io/Ingress':
    case 'extensions/Ingress':
      return ofIngress(root, read)
    case 'admissionregistration.k8s.io/ValidatingWebhookConfiguration':
    case 'admissionregistration.k8s.io/MutatingWebhookConfiguration':
      return recordsIn(root, 'webhooks').map((webhook) => ofWebhook(webhook, read))
    case 'apiregistration.k8s.io/APIService':
      return [
        {
          group: 'ways in',
          path: '/metadata/name',
          of: '',
          fact: `API service ${read.quote('/metadata/name')}${backend(root, read)}`,
        },
      ]
    default:
      return []
  }
}

function ofService(root: Part): Fact[] {
  const type = recordIn(root, 'spec')?.value.type
  if (type !== 'LoadBalancer' && type !== 'NodePort') return []
  return [{ group: 'ways in', path: '/spec/type', of: '', fact: `Service of type ${type}` }]
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

function ofWebhook(webhook: Part, { quote }: Read): Fact {
  const name = quote(at(webhook.path, 'name'))
  const client = recordIn(webhook, 'clientConfig')
  const address = client === undefined ? 'no address' : addressOf(client, quote)
  return {
    group: 'ways in',
    path: webhook.path,
    of: 'webhooks',
    fact: `admission webhook ${name} at ${address}`,
    grave: `has the API server ask ${shortened(address)} what it admits`,
  }
}

function addressOf(client: Part, quote: Read['quote']): string {
  if (typeof client.value.url === 'string') return quote(at(client.path, 'url'))
  const service = recordIn(client, 'service')
  return service === undefined ? 'no address' : serviceOf(service, quote)
}

function serviceOf({ path, value }: Part, quote: Read['quote']): string {
  const port = typeof value.port === 'number' ? `:${value.port}` : ''
  const rest = typeof value.path === 'string' ? quote(at(path, 'path')) : ''
  return `Service ${quote(at(path, 'namespace'))}/${quote(at(path, 'name'))}${port}${rest}`
}

function backend(root: Part, { quote }: Read): string {
  const service = recordIn(root, 'spec', 'service')
  return service === undefined ? '' : ` at ${serviceOf(service, quote)}`
}
