import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'

/** Puts a value where none is. */
export function byDefault(target: JsonObject, key: string, value: Json): void {
  if (target[key] === undefined || target[key] === null || target[key] === '') target[key] = value
}

/** What the API server fills in in the spec of a pod, also of one that a workload will make. */
export function setPodSpecDefaults(spec: JsonObject): void {
  byDefault(spec, 'restartPolicy', 'Always')
  byDefault(spec, 'terminationGracePeriodSeconds', 30)
  byDefault(spec, 'dnsPolicy', 'ClusterFirst')
  byDefault(spec, 'securityContext', {})
  byDefault(spec, 'schedulerName', 'default-scheduler')
  if (textAt(spec, 'serviceAccountName')) spec.serviceAccount = spec.serviceAccountName ?? null
  else if (textAt(spec, 'serviceAccount')) spec.serviceAccountName = spec.serviceAccount ?? null
  for (const kind of ['containers', 'initContainers', 'ephemeralContainers']) {
    for (const container of listAt(spec, kind)) if (isObject(container)) setContainerDefaults(container)
  }
  for (const volume of listAt(spec, 'volumes')) if (isObject(volume)) setVolumeDefaults(volume)
  for (const constraint of listAt(spec, 'topologySpreadConstraints')) {
    if (isObject(constraint)) {
      byDefault(constraint, 'nodeAffinityPolicy', 'Honor')
      byDefault(constraint, 'nodeTaintsPolicy', 'Ignore')
      delete constraint.nodeAffinityPolicy
      delete constraint.nodeTaintsPolicy
    }
  }
}

function setContainerDefaults(container: JsonObject): void {
  const image = textAt(container, 'image') ?? ''
  const last = image.slice(image.lastIndexOf('/') + 1)
  // What is no reference has no tag.
  const isLatest =
    /^[\w.:/@-]+$/.test(image) && !image.includes('@') && (!last.includes(':') || last.endsWith(':latest'))
  byDefault(container, 'imagePullPolicy', isLatest ? 'Always' : 'IfNotPresent')
  byDefault(container, 'terminationMessagePath', '/dev/termination-log')
  byDefault(container, 'terminationMessagePolicy', 'File')
  for (const env of listAt(container, 'env')) {
    const field = objectAt(env, 'valueFrom').fieldRef
    if (isObject(field)) byDefault(field, 'apiVersion', 'v1')
    const resource = objectAt(env, 'valueFrom').resourceFieldRef
    if (isObject(resource)) byDefault(resource, 'divisor', '0')
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name]
    if (isObject(probe)) setProbeDefaults(probe)
  }
  for (const hook of Object.values(objectAt(container, 'lifecycle'))) {
    if (isObject(hook) && isObject(hook.httpGet)) setHttpGetDefaults(hook.httpGet)
  }
}

function setProbeDefaults(probe: JsonObject): void {
  byDefault(probe, 'timeoutSeconds', 1)
  byDefault(probe, 'periodSeconds', 10)
  byDefault(probe, 'successThreshold', 1)
  byDefault(probe, 'failureThreshold', 3)
  for (const key of ['timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) {
    if (probe[key] === 0)
      probe[key] = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }[key] ?? 0
  }
  if (isObject(probe.httpGet)) setHttpGetDefaults(probe.httpGet)
  if (isObject(probe.grpc)) byDefault(probe.grpc, 'service', '')
}

function setHttpGetDefaults(get: JsonObject): void {
  byDefault(get, 'path', '/')
  byDefault(get, 'scheme', 'HTTP')
}

function setVolumeDefaults(volume: JsonObject): void {
  const sources = Object.keys(volume).filter((key) => key !== 'name')
  if (sources.length === 0) volume.emptyDir = {}
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    if (isObject(volume[source])) byDefault(volume[source], 'defaultMode', 420)
  }
  const items = [
    ...listAt(volume, 'downwardAPI', 'items'),
    ...listAt(volume, 'projected', 'sources').flatMap((each) => listAt(each, 'downwardAPI', 'items')),
  ]
  for (const item of items) {
    const field = objectAt(item).fieldRef
    if (isObject(field)) byDefault(field, 'apiVersion', 'v1')
  }
  for (const source of listAt(volume, 'projected', 'sources')) {
    const token = objectAt(source).serviceAccountToken
    if (isObject(token)) byDefault(token, 'expirationSeconds', 3600)
  }
  if (isObject(volume.hostPath)) volume.hostPath.type ??= ''
}

/** In a pod itself, what is limited is asked for as well. */
export function setRequestsFromLimits(spec: JsonObject): void {
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
    const { resources } = objectAt(container)
    if (!isObject(resources) || !isObject(resources.limits)) continue
    const requests: JsonObject = { ...objectAt(resources, 'requests') }
    for (const [name, amount] of Object.entries(resources.limits)) byDefault(requests, name, amount)
    if (Object.keys(requests).length > 0) resources.requests = requests
  }
}

/** A pod in the network of its node has the ports of the node. */
export function setHostPorts(spec: JsonObject): void {
  if (spec.hostNetwork === true) {
    for (const container of listAt(spec, 'containers')) {
      for (const port of listAt(container, 'ports')) {
        if (isObject(port) && port.containerPort !== undefined) byDefault(port, 'hostPort', port.containerPort)
      }
    }
  }
}
