import { isEqual, type Json } from '../../api/values/json.ts'
import { type Client, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { isOver, isReady } from '../runtime/pod-state.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { Endpoint, EndpointSlice, KubeObject, Pod, Service, ServicePort } from '../runtime/shapes.ts'

/** Keeps which pods stand behind each Service, as EndpointSlices and, for older readers, Endpoints. */
export function endpoints(client: Client): Controller {
  return {
    name: 'endpointslice',
    wakes(event) {
      if (event.resource === keys.services) return itself(event)
      if (event.resource !== keys.pods) return []
      const objects = [event.object, event.previous] as unknown as (Pod | undefined)[]
      return client
        .list<Service>(keys.services, event.namespace)
        .filter((service) => objects.some((pod) => pod !== undefined && isBehind(service, pod)))
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    },
    reconcile(namespace, name) {
      const service = client.get<Service>(keys.services, namespace, name)
      if (service === undefined || service.metadata.deletionTimestamp) {
        clear(client, namespace, name)
        return undefined
      }
      if (service.spec.type === 'ExternalName' || !service.spec.selector) return undefined
      const pods = client
        .list<Pod>(keys.pods, namespace)
        .filter((pod) => isBehind(service, pod) && pod.status.podIP && !isOver(pod))
      writeSlices(client, service, pods)
      writeEndpoints(client, service, pods)
      return undefined
    },
  }
}

function clear(client: Client, namespace: string, name: string): void {
  const old = client.get(keys.endpoints, namespace, name)
  if (old && old.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller')
    client.delete(keys.endpoints, old)
}

export function isBehind({ spec, metadata }: Service, pod: Pod): boolean {
  const wanted = Object.entries(spec.selector ?? {})
  return (
    pod.metadata.namespace === metadata.namespace &&
    wanted.length > 0 &&
    wanted.every(([key, value]) => pod.metadata.labels?.[key] === value)
  )
}

/** The number that a port of a Service has at a pod; undefined when the pod has no port of that name. */
export function targetPortOf({ targetPort, port, protocol }: ServicePort, pod: Pod): number | undefined {
  if (typeof targetPort === 'number') return targetPort
  if (/^\d+$/.test(targetPort ?? '')) return Number(targetPort)
  if (targetPort === undefined) return port
  const named = pod.spec.containers
    .flatMap(({ ports = [] }) => ports)
    .find((each) => each.name === targetPort && (each.protocol ?? 'TCP') === protocol)
  return named?.containerPort
}

type Group = { ports: { name: string; port: number; protocol: string }[]; pods: Pod[] }

/** Pods that have the same numbers for the ports of the Service. */
function groupsOf({ spec }: Service, pods: readonly Pod[]): Group[] {
  const groups = Map.groupBy(pods, (pod) => (spec.ports ?? []).map((port) => targetPortOf(port, pod)).join())
  return [...groups.values()].map((each) => ({
    pods: each,
    ports: (spec.ports ?? []).flatMap((port) => {
      const number = each[0] && targetPortOf(port, each[0])
      return number === undefined ? [] : [{ name: port.name ?? '', port: number, protocol: port.protocol }]
    }),
  }))
}

function writeSlices(client: Client, service: Service, pods: readonly Pod[]): void {
  const { namespace, name } = service.metadata
  const groups = groupsOf(service, pods)
  const wanted: Group[] = groups.length > 0 ? groups : [{ ports: [], pods: [] }]
  const present = client
    .list<EndpointSlice>(keys.slices, namespace)
    .filter(
      (each) =>
        each.metadata.labels?.['kubernetes.io/service-name'] === name &&
        each.metadata.labels?.['endpointslice.kubernetes.io/managed-by'],
    )
  wanted.forEach((group, index) => {
    const content = { endpoints: group.pods.map((pod) => endpointOf(service, pod)), ports: group.ports }
    const old = present[index]
    if (old) {
      client.change<EndpointSlice>(keys.slices, old, (slice) => {
        Object.assign(slice, content)
      })
      return
    }
    const labels = {
      ...service.metadata.labels,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': name,
    }
    client.create(keys.slices, namespace, {
      metadata: { generateName: `${name}-`, labels, ownerReferences: [ownerOf(service)] },
      addressType: 'IPv4',
      ...content,
    })
  })
  for (const old of present.slice(wanted.length)) client.delete(keys.slices, old)
}

function endpointOf(service: Service, pod: Pod): Endpoint {
  const isGoing = pod.metadata.deletionTimestamp !== undefined
  const serving = isReady(pod)
  const { namespace, name, uid } = pod.metadata
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: {
      ready: service.spec.publishNotReadyAddresses || (serving && !isGoing),
      serving,
      terminating: isGoing,
    },
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

function writeEndpoints(client: Client, service: Service, pods: readonly Pod[]): void {
  const { namespace, name, labels } = service.metadata
  const subsets = groupsOf(service, pods).map(({ ports, pods: all }) => {
    const addressOf = (pod: Pod) => ({
      ip: pod.status.podIP,
      nodeName: pod.spec.nodeName,
      targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    })
    const ready = all.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined)
    const others = all.filter((pod) => !ready.includes(pod) && pod.metadata.deletionTimestamp === undefined)
    return {
      ...(ready.length > 0 && { addresses: ready.map(addressOf) }),
      ...(others.length > 0 && { notReadyAddresses: others.map(addressOf) }),
      ports: ports.map(({ name: port, ...rest }) => ({ ...(port && { name: port }), ...rest })),
    }
  })
  const kept = subsets.filter((each) => each.addresses || each.notReadyAddresses)
  const old = client.get<KubeObject & { subsets?: unknown }>(keys.endpoints, namespace, name)
  if (old) {
    if (isEqual((old.subsets ?? []) as Json, JSON.parse(JSON.stringify(kept)) as Json)) return
    client.change<KubeObject & { subsets?: unknown }>(keys.endpoints, old, (object) => {
      object.subsets = JSON.parse(JSON.stringify(kept))
    })
    return
  }
  const own = { ...labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }
  client.create(keys.endpoints, namespace, {
    metadata: { name, labels: own },
    subsets: JSON.parse(JSON.stringify(kept)),
  })
}
