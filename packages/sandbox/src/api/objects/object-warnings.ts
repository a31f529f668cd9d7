import { isEqual, isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'

const templates: Record<string, readonly string[]> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

/** What is allowed and yet hardly meant: in a pod, in a template of one, in a Secret. */
export function objectWarnings(object: JsonObject): string[] {
  const path = templates[textAt(object, 'kind') ?? '']
  if (textAt(object, 'kind') === 'Secret') return certificateWarning(object)
  if (textAt(object, 'kind') === 'Service') return serviceWarnings(objectAt(object, 'spec'))
  if (path === undefined) return []
  const name = nameWarning(object)
  const at = path.join('.')
  const containers = listAt(object, ...path, 'containers').map((each, index) => ({
    each,
    at: `${at}.containers[${index}]`,
  }))
  const inits = listAt(object, ...path, 'initContainers').map((each, index) => ({
    each,
    at: `${at}.initContainers[${index}]`,
  }))
  return [
    ...name,
    ...spreadWarnings(objectAt(object, ...path), at),
    ...graceWarning(objectAt(object, ...path), at),
    ...hiddenVariables([...inits, ...containers]),
    ...sharedPorts(containers),
  ]
}

/** An update warns of a pod or a pod template only when its spec has changed. */
export function updateWarnings(object: JsonObject, live: JsonObject): string[] {
  const isUnchanged = templates[textAt(object, 'kind') ?? ''] !== undefined && isEqual(object.spec, live.spec)
  return isUnchanged ? [] : objectWarnings(object)
}

function certificateWarning(secret: JsonObject): string[] {
  const data = objectAt(secret, 'data')
  const has = (key: string) => typeof data[key] === 'string'
  if (textAt(secret, 'type') !== 'kubernetes.io/tls' || !has('tls.crt') || !has('tls.key')) return []
  const text = Buffer.from(String(data['tls.crt']), 'base64').toString()
  return text.includes('-----BEGIN ') ? [] : ['tls: failed to find any PEM data in certificate input']
}

function serviceWarnings(spec: JsonObject): string[] {
  const hasExternal = listAt(spec, 'externalIPs').length > 0
  if (spec.clusterIP !== 'None')
    return hasExternal ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'] : []
  const ignored = {
    loadBalancerIP: Boolean(spec.loadBalancerIP),
    externalIPs: hasExternal,
    SessionAffinity: spec.sessionAffinity === 'ClientIP',
  }
  return Object.entries(ignored).flatMap(([field, isSet]) =>
    isSet ? [`spec.${field} is ignored for headless services`] : [],
  )
}

function spreadWarnings(spec: JsonObject, at: string): string[] {
  return listAt(spec, 'topologySpreadConstraints').flatMap((each, index) =>
    isObject(objectAt(each).labelSelector)
      ? []
      : [`${at}.topologySpreadConstraints[${index}].labelSelector: a null labelSelector results in matching no pod`],
  )
}

function graceWarning(spec: JsonObject, at: string): string[] {
  if ((numberAt(spec, 'terminationGracePeriodSeconds') ?? 0) >= 0) return []
  return [`${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
}

const hostnames: Record<string, string> = {
  Pod: "in the Pod's hostname",
  Deployment: 'in Pod names and hostnames',
  ReplicaSet: 'in Pod names and hostnames',
  Job: 'in Pod names and hostnames',
  CronJob: 'in Pod names and hostnames',
}

/** A name that is right and makes a bad host name. */
function nameWarning(object: JsonObject): string[] {
  const name = textAt(object, 'metadata', 'name') ?? ''
  const where = hostnames[textAt(object, 'kind') ?? '']
  const why =
    name.length > 63 ? ['must be no more than 63 characters'] : name.includes('.') ? ['must not contain dots'] : []
  if (where === undefined || why.length === 0) return []
  return [
    `metadata.name: this is used ${where}, which can result in surprising behavior; a DNS label is recommended: [${why.join(' ')}]`,
  ]
}

type Placed = { each: Json; at: string }

function hiddenVariables(containers: readonly Placed[]): string[] {
  return containers.flatMap(({ each, at }) => {
    const seen = new Map<string, string>()
    return listAt(each, 'env').flatMap((variable, index) => {
      const name = textAt(variable, 'name') ?? ''
      const before = seen.get(name)
      seen.set(name, `${at}.env[${index}]`)
      return before === undefined
        ? []
        : [`${at}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`]
    })
  })
}

function sharedPorts(containers: readonly Placed[]): string[] {
  const numbers = new Map<string, string>()
  const names = new Map<string, string>()
  const found: string[] = []
  const named: string[] = []
  for (const { each, at } of containers) {
    const ownNames = new Map<string, string>()
    listAt(each, 'ports').forEach((port, index) => {
      const here = `${at}.ports[${index}]`
      const key = `${numberAt(port, 'containerPort')}/${textAt(port, 'protocol')}/${String(objectAt(port).hostIP ?? '')}/${String(objectAt(port).hostPort ?? '')}`
      const before = numbers.get(key)
      if (before !== undefined) found.push(`${here}: duplicate port definition with ${before}`)
      else numbers.set(key, here)
      const name = textAt(port, 'name')
      const other = name ? names.get(name) : undefined
      if (other !== undefined) {
        named.push(
          `${here}: duplicate port name "${name}" with ${other}, services and probes that select ports by name will use ${other}`,
        )
      } else if (name) ownNames.set(name, here)
    })
    for (const [name, where] of ownNames) names.set(name, where)
  }
  return [...found, ...named]
}
