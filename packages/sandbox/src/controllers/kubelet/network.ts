import { isBehind, targetPortOf } from '../cluster/endpoints.ts'
import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { isReady } from '../runtime/pod-state.ts'
import type { Pod, Service } from '../runtime/shapes.ts'

export type Address = { host: string; port: number }

const usualPorts: Record<string, number> = {
  http: 80,
  https: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  amqp: 5672,
  mongodb: 27017,
  nats: 4222,
}

/** Where a value such as `postgres://db.shop.svc:5432/x` or `payments:8080` leads; undefined when it is no address. */
export function addressOf(value: string): Address | undefined {
  const match = /^(?:([a-z][\w+.-]*):\/\/)?(?:[^@/]*@)?([A-Za-z0-9.-]+)(?::(\d+))?(?:[/?].*)?$/.exec(value.trim())
  const [, scheme = '', host, port] = match ?? []
  const number = port ? Number(port) : usualPorts[scheme]
  return host && number ? { host, port: number } : undefined
}

export type Connection = 'open' | 'refused' | 'not-found'

/** What comes of a connection from a namespace to an address: as Services, their endpoints and the pods are now. */
export function connect(client: Client, { host, port }: Address, from: string): Connection {
  const [name = '', namespace = from, kind] = host.split('.')
  if (host === 'localhost' || /^\d+\.\d+\.\d+\.\d+$/.test(host)) return 'open'
  if (kind !== undefined && kind !== 'svc') return 'open' // a host outside of the cluster, which is not played
  const service = client.get<Service>(keys.services, namespace, name)
  if (service === undefined) return 'not-found'
  if (service.spec.type === 'ExternalName') return 'open'
  const wanted = service.spec.ports?.find((each) => each.port === port)
  if (wanted === undefined) return 'refused'
  const behind = client
    .list<Pod>(keys.pods, namespace)
    .filter((pod) => isBehind(service, pod) && isReady(pod) && pod.metadata.deletionTimestamp === undefined)
  const isServed = behind.some((pod) => {
    const target = targetPortOf(wanted, pod)
    return target !== undefined && isListening(client, pod, target)
  })
  return isServed ? 'open' : 'refused'
}

/** Whether something in a pod listens on a port. */
export function isListening({ cluster: { registry } }: Client, pod: Pod, port: number): boolean {
  return pod.spec.containers.some((container) => {
    const program = registry.programOf(container)
    return program === undefined || program.listens === port
  })
}
