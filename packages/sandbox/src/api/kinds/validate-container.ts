import { type Cause, causes } from '../values/api-status-error.ts'
import { isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { configKeyFaults, portNameFaults, subdomainFaults } from '../values/names.ts'
import { quantityOf } from '../values/quantity.ts'
import { labelName, notNegative, oneOf, portNumber } from './validate-parts.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

/** What is wrong with one container. `volumes` are the names that it can mount. */
export function containerCauses(container: Json, path: string, volumes: ReadonlySet<string>): Cause[] {
  const name = textAt(container, 'name') ?? ''
  const policy = textAt(container, 'imagePullPolicy')
  return [
    ...(name === '' ? [causes.required(`${path}.name`)] : labelName(name, `${path}.name`)),
    ...(textAt(container, 'image') ? [] : [causes.required(`${path}.image`)]),
    ...oneOf(
      textAt(container, 'terminationMessagePolicy') ?? 'File',
      ['File', 'FallbackToLogsOnError'],
      `${path}.terminationMessagePolicy`,
    ),
    ...portCauses(listAt(container, 'ports'), `${path}.ports`),
    ...envCauses(listAt(container, 'env'), `${path}.env`),
    ...envFromCauses(listAt(container, 'envFrom'), `${path}.envFrom`),
    ...mountCauses(listAt(container, 'volumeMounts'), `${path}.volumeMounts`, volumes),
    ...(policy === undefined ? [] : oneOf(policy, ['Always', 'IfNotPresent', 'Never'], `${path}.imagePullPolicy`)),
    ...resourceCauses(objectAt(container, 'resources'), `${path}.resources`),
    ...securityCauses(objectAt(container, 'securityContext'), `${path}.securityContext`),
  ]
}

/** What is wrong with the probes of a container. */
export function probesCauses(container: Json, path: string): Cause[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((kind) => {
    const probe = objectAt(container)[kind]
    return isObject(probe) ? probeCauses(probe, `${path}.${kind}`, kind) : []
  })
}

function probeCauses(probe: JsonObject, path: string, kind: string): Cause[] {
  const found = handlerCauses(probe, path)
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ]) {
    found.push(...notNegative(probe, field, path))
  }
  const successes = numberAt(probe, 'successThreshold')
  if (kind !== 'readinessProbe' && successes !== undefined && successes !== 1) {
    found.push(causes.invalid(`${path}.successThreshold`, successes, 'must be 1'))
  }
  return found
}

function handlerCauses(handler: JsonObject, path: string): Cause[] {
  const kinds = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((each) => isObject(handler[each]))
  const found: Cause[] = []
  kinds.forEach((kind, index) => {
    if (index > 0) {
      found.push(causes.forbidden(`${path}.${kind}`, 'may not specify more than 1 handler type'))
      return
    }
    const at = `${path}.${kind}`
    if (kind === 'exec' && listAt(handler, 'exec', 'command').length === 0) found.push(causes.required(`${at}.command`))
    if (kind === 'httpGet') {
      if (!textAt(handler, 'httpGet', 'path')) found.push(causes.required(`${at}.path`))
      found.push(...portOrName(objectAt(handler, 'httpGet').port, `${at}.port`))
      found.push(...oneOf(textAt(handler, 'httpGet', 'scheme'), ['HTTP', 'HTTPS'], `${at}.scheme`))
    }
    if (kind === 'tcpSocket') found.push(...portOrName(objectAt(handler, 'tcpSocket').port, `${at}.port`))
    if (kind === 'grpc') found.push(...portNumber(numberAt(handler, 'grpc', 'port') ?? 0, `${at}.port`))
  })
  if (kinds.length === 0) found.push(causes.required(path, 'must specify a handler type'))
  return found
}

export function portOrName(port: Json | undefined, path: string): Cause[] {
  if (typeof port === 'string') return portNameFaults(port).map((fault) => causes.invalid(path, port, fault))
  return portNumber(typeof port === 'number' ? port : 0, path)
}

function portCauses(ports: readonly Json[], path: string): Cause[] {
  const names = new Set<string>()
  return ports.flatMap((port, index) => {
    const at = `${path}[${index}]`
    const found: Cause[] = []
    const name = textAt(port, 'name')
    if (name) {
      const faults = portNameFaults(name)
      found.push(...faults.map((fault) => causes.invalid(`${at}.name`, name, fault)))
      if (faults.length === 0) {
        if (names.has(name)) found.push(causes.duplicate(`${at}.name`, name))
        names.add(name)
      }
    }
    const number = numberAt(port, 'containerPort') ?? 0
    if (number === 0) found.push(causes.required(`${at}.containerPort`))
    else found.push(...portNumber(number, `${at}.containerPort`))
    const host = numberAt(port, 'hostPort')
    if (host) found.push(...portNumber(host, `${at}.hostPort`))
    return [...found, ...oneOf(textAt(port, 'protocol'), protocols, `${at}.protocol`)]
  })
}

function envCauses(variables: readonly Json[], path: string): Cause[] {
  return variables.flatMap((variable, index) => {
    const at = `${path}[${index}]`
    const name = textAt(variable, 'name') ?? ''
    const found: Cause[] = []
    if (name === '') found.push(causes.required(`${at}.name`))
    else if (/[^\x20-\x7e]|=/.test(name)) {
      found.push(
        causes.invalid(
          `${at}.name`,
          name,
          "a valid environment variable name must consist only of printable ASCII characters other than '=' (e.g. 'my-name',  or 'MY_NAME',  or 'MyName.1', regex used for validation is '^[ -<>-~]+$')",
        ),
      )
    }
    return [...found, ...sourceCauses(variable, at)]
  })
}

function sourceCauses(variable: Json, at: string): Cause[] {
  const source = objectAt(variable).valueFrom
  if (!isObject(source)) return []
  const path = `${at}.valueFrom`
  const kinds = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'].filter((each) =>
    isObject(source[each]),
  )
  const found: Cause[] = []
  if (textAt(source, 'fieldRef', 'fieldPath') === undefined || textAt(source, 'fieldRef', 'fieldPath') === '') {
    if (isObject(source.fieldRef)) found.push(causes.required(`${path}.fieldRef.fieldPath`))
  } else found.push(...fieldPathCauses(textAt(source, 'fieldRef', 'fieldPath') ?? '', `${path}.fieldRef.fieldPath`))
  for (const kind of ['configMapKeyRef', 'secretKeyRef']) {
    if (!isObject(source[kind])) continue
    const name = textAt(source, kind, 'name') ?? ''
    const key = textAt(source, kind, 'key') ?? ''
    found.push(...subdomain(name, `${path}.${kind}.name`))
    if (key === '') found.push(causes.required(`${path}.${kind}.key`))
    else found.push(...configKeyFaults(key).map((fault) => causes.invalid(`${path}.${kind}.key`, key, fault)))
  }
  if (kinds.length === 0) {
    found.push(
      causes.invalid(
        path,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`, or `fileKeyRef`',
      ),
    )
  }
  if (textAt(variable, 'value')) {
    if (kinds.length > 0) found.push(causes.invalid(path, '', 'may not be specified when `value` is not empty'))
  } else if (kinds.length > 1) {
    found.push(causes.invalid(path, '', 'may not have more than one field specified at a time'))
  }
  return found
}

const knownFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

function fieldPathCauses(value: string, path: string): Cause[] {
  if (/^metadata\.(labels|annotations)\['[^']+'\]$/.test(value) || knownFields.includes(value)) return []
  if (/^(metadata|spec|status)\.[\w.]+$/.test(value)) return [causes.notSupported(path, value, knownFields.toSorted())]
  return [causes.invalid(path, value, `error converting fieldPath: field label not supported: ${value}`)]
}

function envFromCauses(sources: readonly Json[], path: string): Cause[] {
  return sources.flatMap((source, index) => {
    const at = `${path}[${index}]`
    const kinds = ['configMapRef', 'secretRef'].filter((each) => isObject(objectAt(source)[each]))
    const found = kinds.flatMap((kind) => subdomain(textAt(source, kind, 'name') ?? '', `${at}.${kind}.name`))
    if (kinds.length === 0) found.push(causes.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (kinds.length > 1) found.push(causes.invalid(at, '', 'may not have more than one field specified at a time'))
    return found
  })
}

export function subdomain(name: string, path: string): Cause[] {
  if (name === '') return [causes.required(path)]
  return subdomainFaults(name).map((fault) => causes.invalid(path, name, fault))
}

function mountCauses(mounts: readonly Json[], path: string, volumes: ReadonlySet<string>): Cause[] {
  const paths = new Set<string>()
  return mounts.flatMap((mount, index) => {
    const at = `${path}[${index}]`
    const name = textAt(mount, 'name') ?? ''
    const target = textAt(mount, 'mountPath') ?? ''
    const found: Cause[] = []
    if (name === '') found.push(causes.required(`${at}.name`))
    if (!volumes.has(name)) found.push(causes.notFound(`${at}.name`, name))
    if (target === '') found.push(causes.required(`${at}.mountPath`))
    if (paths.has(target)) found.push(causes.invalid(`${at}.mountPath`, target, 'must be unique'))
    paths.add(target)
    return found
  })
}

function resourceCauses(resources: JsonObject, path: string): Cause[] {
  const found: Cause[] = []
  const amounts = (kind: string) =>
    Object.entries(objectAt(resources, kind)).toSorted(([left], [right]) => (left < right ? -1 : 1))
  for (const kind of ['limits', 'requests']) {
    for (const [name, amount] of amounts(kind)) {
      const at = `${path}.${kind}[${name}]`
      if (!/^(cpu|memory|ephemeral-storage|hugepages-.+|[\w.-]+\/.+)$/.test(name)) {
        found.push(
          causes.invalid(`${path}.${kind}[${name}]`, name, 'must be a standard resource type or fully qualified'),
        )
        found.push(causes.invalid(`${path}.${kind}[${name}]`, name, 'must be a standard resource for containers'))
      }
      if ((quantityOf(String(amount)) ?? 0n) < 0n)
        found.push(causes.invalid(at, amount, 'must be greater than or equal to 0'))
    }
  }
  for (const [name, amount] of amounts('requests')) {
    const limit = objectAt(resources, 'limits')[name]
    if (limit === undefined || (quantityOf(String(amount)) ?? 0n) <= (quantityOf(String(limit)) ?? 0n)) continue
    found.push(
      causes.invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${String(limit)}`),
    )
  }
  return found
}

function securityCauses(context: JsonObject, path: string): Cause[] {
  const found: Cause[] = []
  for (const field of ['runAsUser', 'runAsGroup']) {
    const value = numberAt(context, field)
    if (value !== undefined && (value < 0 || value > 2_147_483_647)) {
      found.push(causes.invalid(`${path}.${field}`, value, 'must be between 0 and 2147483647, inclusive'))
    }
  }
  return found
}
