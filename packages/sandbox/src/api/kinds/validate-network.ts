import { type Cause, causes } from '../values/api-status-error.ts'
import { isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { subdomainFaults } from '../values/names.ts'
import { portOrName, subdomain } from './validate-container.ts'
import { oneOf, portNumber, selectorCauses } from './validate-parts.ts'

export function ingressCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const found: Cause[] = []
  const rules = listAt(spec, 'rules')
  if (rules.length === 0 && !isObject(spec.defaultBackend)) {
    found.push(causes.invalid('spec', spec, 'either `defaultBackend` or `rules` must be specified'))
  }
  rules.forEach((rule, index) => {
    const at = `spec.rules[${index}]`
    const host = textAt(rule, 'host')
    if (host && !host.startsWith('*.'))
      found.push(...subdomainFaults(host).map((fault) => causes.invalid(`${at}.host`, host, fault)))
    const http = objectAt(rule).http
    if (!isObject(http)) return
    const paths = listAt(http, 'paths')
    if (paths.length === 0) found.push(causes.required(`${at}.http.paths`))
    paths.forEach((path, number) => {
      found.push(...pathCauses(path, `${at}.http.paths[${number}]`))
    })
  })
  const className = textAt(spec, 'ingressClassName')
  if (className !== undefined) {
    found.push(...subdomainFaults(className).map((fault) => causes.invalid('spec.ingressClassName', className, fault)))
  }
  return found
}

function pathCauses(path: Json, at: string): Cause[] {
  const found: Cause[] = []
  const type = textAt(path, 'pathType')
  const value = textAt(path, 'path') ?? ''
  if (!type) found.push(causes.required(`${at}.pathType`, 'pathType must be specified'))
  else if (['Exact', 'Prefix'].includes(type)) {
    if (!value.startsWith('/')) found.push(causes.invalid(`${at}.path`, value, 'must be an absolute path'))
  } else if (type !== 'ImplementationSpecific') {
    found.push(causes.notSupported(`${at}.pathType`, type, ['Exact', 'ImplementationSpecific', 'Prefix']))
  }
  return [...found, ...backendCauses(objectAt(path, 'backend'), `${at}.backend`)]
}

function backendCauses(backend: JsonObject, at: string): Cause[] {
  const { service, resource } = backend
  if (!isObject(service))
    return isObject(resource) ? [] : [causes.required(at, 'one of `resource` or `service` is required')]
  const found: Cause[] = []
  const name = textAt(service, 'name') ?? ''
  if (name === '') found.push(causes.required(`${at}.service.name`))
  else found.push(...subdomain(name, `${at}.service.name`))
  const port = objectAt(service, 'port')
  const portName = textAt(port, 'name')
  const number = numberAt(port, 'number')
  if (portName && number) found.push(causes.invalid(`${at}`, '', 'cannot set both port name & port number'))
  else if (portName) found.push(...portOrName(portName, `${at}.service.port.name`))
  else if (number) found.push(...portNumber(number, `${at}.service.port.number`))
  else found.push(causes.required(at, 'port name or number is required'))
  return found
}

export function networkPolicyCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const found = selectorCauses(spec.podSelector, 'spec.podSelector')
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    listAt(spec, direction).forEach((rule, index) => {
      listAt(rule, 'ports').forEach((port, number) => {
        const at = `spec.${direction}[${index}].ports[${number}]`
        found.push(...oneOf(textAt(port, 'protocol'), ['SCTP', 'TCP', 'UDP'], `${at}.protocol`))
        const given = objectAt(port).port
        if (given !== undefined) found.push(...portOrName(given, `${at}.port`))
      })
      listAt(rule, peers).forEach((peer, number) => {
        found.push(...peerCauses(objectAt(peer), `spec.${direction}[${index}].${peers}[${number}]`))
      })
    })
  }
  return found
}

function peerCauses(peer: JsonObject, at: string): Cause[] {
  const found = selectorCauses(peer.podSelector, `${at}.podSelector`)
  found.push(...selectorCauses(peer.namespaceSelector, `${at}.namespaceSelector`))
  if (!isObject(peer.podSelector) && !isObject(peer.namespaceSelector) && !isObject(peer.ipBlock)) {
    found.push(causes.required(at, 'must specify a peer'))
  }
  return found
}
