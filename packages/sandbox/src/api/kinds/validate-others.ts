import { type Cause, causes } from '../fault.ts'
import { isEqual, isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../json.ts'
import { labelCauses } from '../label-causes.ts'
import { configKeyFaults, labelFaults, subdomainFaults } from '../names.ts'
import { quantityOf } from '../quantity.ts'
import { portOrName, subdomain } from './validate-container.ts'
import { oneOf, portNumber, selectorCauses, shareCauses } from './validate-parts.ts'

export function configMapCauses(object: JsonObject): Cause[] {
  const keys = (field: string) =>
    Object.keys(objectAt(object, field))
      .toSorted()
      .flatMap((key) => configKeyFaults(key).map((fault) => causes.invalid(`${field}[${key}]`, key, fault)))
  const both = Object.keys(objectAt(object, 'data')).filter((key) => objectAt(object, 'binaryData')[key] !== undefined)
  return [
    ...keys('data'),
    ...both.map((key) => causes.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keys('binaryData'),
  ]
}

/** What of a ConfigMap or Secret may not change once it says so. */
export function immutableDataCauses(object: JsonObject, old: JsonObject): Cause[] {
  if (old.immutable !== true) return []
  const found: Cause[] = []
  if (object.immutable !== true) found.push(causes.forbidden('immutable', 'field is immutable when `immutable` is set'))
  for (const field of ['data', 'binaryData']) {
    if (!isEqual(objectAt(object, field), objectAt(old, field))) {
      found.push(causes.forbidden(field, 'field is immutable when `immutable` is set'))
    }
  }
  return found
}

const secretKeys: Record<string, readonly string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

export function secretCauses(object: JsonObject): Cause[] {
  const data = objectAt(object, 'data')
  const type = textAt(object, 'type') ?? ''
  const found = Object.keys(data)
    .toSorted()
    .flatMap((key) => configKeyFaults(key).map((fault) => causes.invalid(`data[${key}]`, key, fault)))
  for (const key of secretKeys[type] ?? []) {
    if (data[key] === undefined) found.push(causes.required(`data[${key}]`))
  }
  if (type === 'kubernetes.io/basic-auth' && data.username === undefined && data.password === undefined) {
    found.push(causes.required('data[username]'), causes.required('data[password]'))
  }
  return found
}

export function secretUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  const found = isEqual(object.type, old.type) ? [] : [causes.invalid('type', object.type, 'field is immutable')]
  return [...found, ...immutableDataCauses(object, old)]
}

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

export function serviceCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const ports = listAt(spec, 'ports')
  const type = textAt(spec, 'type')
  const isHeadless = textAt(spec, 'clusterIP') === 'None'
  const found: Cause[] = []
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') found.push(causes.required('spec.ports'))
  const names = new Set<string>()
  const numbers = new Set<string>()
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`
    const name = textAt(port, 'name') ?? ''
    if (name === '' && ports.length > 1) found.push(causes.required(`${at}.name`))
    else if (name !== '') {
      found.push(...labelFaults(name).map((fault) => causes.invalid(`${at}.name`, name, fault)))
      if (names.has(name)) found.push(causes.duplicate(`${at}.name`, name))
      names.add(name)
    }
    found.push(...portNumber(numberAt(port, 'port') ?? 0, `${at}.port`))
    found.push(...oneOf(textAt(port, 'protocol'), ['SCTP', 'TCP', 'UDP'], `${at}.protocol`))
    found.push(...portOrName(objectAt(port).targetPort, `${at}.targetPort`))
    const key = `${textAt(port, 'protocol')}/${numberAt(port, 'port')}`
    if (numbers.has(key)) {
      found.push(causes.duplicate(at, { protocol: textAt(port, 'protocol'), port: numberAt(port, 'port') }))
    }
    numbers.add(key)
  })
  found.push(...labelCauses(objectAt(spec, 'selector'), 'spec.selector'))
  const affinity = textAt(spec, 'sessionAffinity')
  found.push(...oneOf(affinity, ['ClientIP', 'None'], 'spec.sessionAffinity'))
  found.push(...oneOf(type, serviceTypes, 'spec.type'))
  if (type === 'ExternalName') {
    const name = textAt(spec, 'externalName') ?? ''
    found.push(
      ...(name === ''
        ? [causes.required('spec.externalName')]
        : subdomainFaults(name).map((fault) => causes.invalid('spec.externalName', name, fault))),
    )
  }
  return found
}

export function serviceUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  const next = textAt(object, 'spec', 'clusterIP')
  const before = textAt(old, 'spec', 'clusterIP')
  const isInternal = textAt(old, 'spec', 'type') !== 'ExternalName' && textAt(object, 'spec', 'type') !== 'ExternalName'
  if (!isInternal || !before || next === before) return []
  return [causes.invalid('spec.clusterIPs[0]', [next], 'may not change once set')]
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

export function claimCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const found: Cause[] = []
  const modes = listAt(spec, 'accessModes')
  if (modes.length === 0) found.push(causes.required('spec.accessModes', 'at least 1 access mode is required'))
  for (const mode of modes) {
    if (!accessModes.includes(String(mode))) found.push(causes.notSupported('spec.accessModes', mode, accessModes))
  }
  const storage = textAt(spec, 'resources', 'requests', 'storage')
  if (storage === undefined) found.push(causes.required('spec.resources[storage]'))
  else if ((quantityOf(storage) ?? 0n) <= 0n) {
    found.push(causes.invalid('spec.resources[storage]', storage, 'must be greater than zero'))
  }
  const volumeMode = textAt(spec, 'volumeMode')
  if (volumeMode) found.push(...oneOf(volumeMode, ['Block', 'Filesystem'], 'spec.volumeMode'))
  return found
}

export function claimUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  const bare = (claim: JsonObject) => {
    const { resources: _, volumeAttributesClassName: _class, ...rest } = objectAt(claim, 'spec')
    return rest
  }
  const isBinding =
    !textAt(old, 'spec', 'volumeName') && isEqual({ ...bare(object), volumeName: '' }, { ...bare(old), volumeName: '' })
  if (isBinding || isEqual(bare(object), bare(old))) return []
  return [
    causes.forbidden(
      'spec',
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    ),
  ]
}

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

export function budgetCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const { minAvailable, maxUnavailable } = spec
  const found: Cause[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    found.push(causes.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'))
  }
  found.push(...shareCauses(minAvailable, 'spec.minAvailable'), ...shareCauses(maxUnavailable, 'spec.maxUnavailable'))
  return [...found, ...selectorCauses(spec.selector, 'spec.selector')]
}

export function scalerCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const found: Cause[] = []
  const least = numberAt(spec, 'minReplicas')
  const most = numberAt(spec, 'maxReplicas') ?? 0
  if (least !== undefined && least < 1)
    found.push(causes.invalid('spec.minReplicas', least, 'must be greater than or equal to 1'))
  if (most < 1) found.push(causes.invalid('spec.maxReplicas', most, 'must be greater than 0'))
  if (least !== undefined && most < least)
    found.push(causes.invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'))
  const target = objectAt(spec, 'scaleTargetRef')
  if (!textAt(target, 'kind')) found.push(causes.required('spec.scaleTargetRef.kind'))
  if (!textAt(target, 'name')) found.push(causes.required('spec.scaleTargetRef.name'))
  return found
}

/** What is wrong with a rule of a role. */
export function roleCauses(object: JsonObject): Cause[] {
  return listAt(object, 'rules').flatMap((rule, index) => {
    const at = `rules[${index}]`
    const found: Cause[] = []
    if (listAt(rule, 'verbs').length === 0)
      found.push(causes.required(`${at}.verbs`, 'verbs must contain at least one value'))
    if (listAt(rule, 'nonResourceURLs').length > 0) {
      if (textAt(object, 'kind') === 'Role') {
        found.push(
          causes.invalid(
            `${at}.nonResourceURLs`,
            listAt(rule, 'nonResourceURLs'),
            'namespaced rules cannot apply to non-resource URLs',
          ),
        )
      }
      return found
    }
    if (listAt(rule, 'apiGroups').length === 0)
      found.push(causes.required(`${at}.apiGroups`, 'resource rules must supply at least one api group'))
    if (listAt(rule, 'resources').length === 0)
      found.push(causes.required(`${at}.resources`, 'resource rules must supply at least one resource'))
    return found
  })
}

export function bindingCauses(object: JsonObject): Cause[] {
  const found: Cause[] = []
  const role = objectAt(object, 'roleRef')
  const group = textAt(role, 'apiGroup') ?? ''
  const kinds = textAt(object, 'kind') === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole']
  if (group !== 'rbac.authorization.k8s.io')
    found.push(causes.notSupported('roleRef.apiGroup', group, ['rbac.authorization.k8s.io']))
  const kind = textAt(role, 'kind') ?? ''
  if (!kinds.includes(kind)) found.push(causes.notSupported('roleRef.kind', kind, kinds))
  const name = textAt(role, 'name') ?? ''
  if (name === '') found.push(causes.required('roleRef.name'))
  listAt(object, 'subjects').forEach((subject, index) => {
    found.push(...subjectCauses(subject, `subjects[${index}]`))
  })
  return found
}

function subjectCauses(subject: Json, at: string): Cause[] {
  const found: Cause[] = []
  const kind = textAt(subject, 'kind') ?? ''
  const name = textAt(subject, 'name') ?? ''
  const group = textAt(subject, 'apiGroup') ?? ''
  if (name === '') found.push(causes.required(`${at}.name`))
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') found.push(...subdomainFaults(name).map((fault) => causes.invalid(`${at}.name`, name, fault)))
      if (group !== '') found.push(causes.notSupported(`${at}.apiGroup`, group, ['']))
      if (!textAt(subject, 'namespace')) found.push(causes.required(`${at}.namespace`))
      break
    case 'User':
    case 'Group':
      if (group !== 'rbac.authorization.k8s.io')
        found.push(causes.notSupported(`${at}.apiGroup`, group, ['rbac.authorization.k8s.io']))
      break
    default:
      found.push(causes.notSupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
  }
  return found
}

export function bindingUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  return isEqual(object.roleRef, old.roleRef)
    ? []
    : [causes.invalid('roleRef', object.roleRef, 'cannot change roleRef')]
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
