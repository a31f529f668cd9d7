import { type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { labelsText, selectorText } from '../values/selector-text.ts'
import type { Cells } from './cells.ts'

export const networkCells: Record<string, Cells> = {
  services: (service) => ({
    Type: textAt(service, 'spec', 'type') ?? '',
    'Cluster-IP': textAt(service, 'spec', 'clusterIP') || '<none>',
    'External-IP': externalAddress(service),
    'Port(s)': servicePorts(service),
    Selector: labelsText(objectAt(service, 'spec').selector),
  }),
  endpoints: (endpoints) => ({ Endpoints: endpointsText(endpoints) }),
  'discovery.k8s.io/endpointslices': (slice) => ({
    AddressType: textAt(slice, 'addressType') ?? '',
    Ports: some(
      listAt(slice, 'ports').map((port) => String(numberAt(port, 'port') ?? '*')),
      '<unset>',
    ),
    Endpoints: some(
      listAt(slice, 'endpoints').flatMap((each) => listAt(each, 'addresses').map(String)),
      '<unset>',
    ),
  }),
  'networking.k8s.io/ingresses': (ingress) => ({
    Class: textAt(ingress, 'spec', 'ingressClassName') ?? '<none>',
    Hosts: some(
      listAt(ingress, 'spec', 'rules').map((rule) => textAt(rule, 'host') || '*'),
      '*',
    ),
    Address: listAt(ingress, 'status', 'loadBalancer', 'ingress')
      .map((each) => textAt(each, 'ip') ?? textAt(each, 'hostname') ?? '')
      .join(','),
    Ports: listAt(ingress, 'spec', 'tls').length > 0 ? '80, 443' : '80',
  }),
  'networking.k8s.io/ingressclasses': (ingressClass) => {
    const parameters = objectAt(ingressClass, 'spec').parameters
    const group = textAt(parameters, 'apiGroup')
    const kind = textAt(parameters, 'kind') ?? ''
    return {
      Controller: textAt(ingressClass, 'spec', 'controller') ?? '',
      Parameters: parameters ? `${group ? `${kind}.${group}` : kind}/${textAt(parameters, 'name')}` : '<none>',
    }
  },
  'networking.k8s.io/networkpolicies': (policy) => ({
    'Pod-Selector': selectorText(objectAt(policy, 'spec').podSelector),
  }),
}

/** The first three, and how many more. */
function some(parts: readonly string[], none: string): string {
  if (parts.length === 0) return none
  return parts.length > 3 ? `${parts.slice(0, 3).join(',')} + ${parts.length - 3} more...` : parts.join(',')
}

function externalAddress(service: JsonObject): string {
  const addresses = listAt(service, 'spec', 'externalIPs').map(String)
  const type = textAt(service, 'spec', 'type')
  if (type === 'ExternalName') return textAt(service, 'spec', 'externalName') ?? ''
  if (type === 'LoadBalancer') {
    const given = listAt(service, 'status', 'loadBalancer', 'ingress').map(
      (each) => textAt(each, 'ip') ?? textAt(each, 'hostname') ?? '',
    )
    return [...given, ...addresses].join(',') || '<pending>'
  }
  return addresses.join(',') || '<none>'
}

function servicePorts(service: JsonObject): string {
  const ports = listAt(service, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 'nodePort')
    return `${numberAt(port, 'port')}${node ? `:${node}` : ''}/${textAt(port, 'protocol')}`
  })
  return ports.join(',') || '<none>'
}

function endpointsText(endpoints: JsonObject): string {
  const all: string[] = []
  for (const subset of listAt(endpoints, 'subsets')) {
    const ports = listAt(subset, 'ports')
    const addresses = listAt(subset, 'addresses').map((each: Json) => textAt(each, 'ip') ?? '')
    if (ports.length === 0) all.push(...addresses)
    for (const port of ports) all.push(...addresses.map((address) => `${address}:${numberAt(port, 'port')}`))
  }
  return some(all, '<none>')
}
