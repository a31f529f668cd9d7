import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { KubeObject } from '../runtime/shapes.ts'

type Namespace = KubeObject & { spec: { finalizers?: string[] }; status: { phase: string } }

/** Gives each namespace its account and certificate; empties one that is deleted, and lets it go. */
export function namespaces(client: Client): Controller {
  const { store, resources } = client.cluster
  return {
    name: 'namespace',
    wakes(event) {
      if (event.resource === keys.namespaces) return itself(event)
      const isLost =
        event.type === 'DELETED' && (event.resource === keys.serviceAccounts || event.resource === keys.configMaps)
      const isLeaving = event.type === 'DELETED' && isGoing(client, event.namespace)
      return event.namespace !== '' && (isLost || isLeaving) ? [`/${event.namespace}`] : []
    },
    reconcile(_none, name) {
      const namespace = client.get<Namespace>(keys.namespaces, '', name)
      if (namespace === undefined) return undefined
      if (namespace.metadata.deletionTimestamp === undefined) {
        furnish(client, name)
        return undefined
      }
      const kinds = new Set(
        resources.all.filter((each) => each.isNamespaced).map(({ group, plural }) => `${group}/${plural}`),
      )
      let left = 0
      for (const key of kinds) {
        for (const object of client.list(key, name)) {
          if (object.metadata.deletionTimestamp === undefined)
            client.delete(key, object, { propagationPolicy: 'Background' })
          if (client.get(key, name, object.metadata.name)) left++
        }
      }
      if (left > 0) return 1_000
      const last = store.get(keys.namespaces, '', name)
      if (last && (namespace.metadata.finalizers ?? []).length === 0) store.remove(keys.namespaces, '', name)
      return undefined
    },
  }
}

function isGoing(client: Client, name: string): boolean {
  return client.get(keys.namespaces, '', name)?.metadata.deletionTimestamp !== undefined
}

function furnish(client: Client, namespace: string): void {
  if (client.get(keys.serviceAccounts, namespace, 'default') === undefined) {
    client.create(keys.serviceAccounts, namespace, { metadata: { name: 'default' } })
  }
  if (client.get(keys.configMaps, namespace, 'kube-root-ca.crt') === undefined) {
    const description =
      'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
    client.create(keys.configMaps, namespace, {
      metadata: { name: 'kube-root-ca.crt', annotations: { 'kubernetes.io/description': description } },
      data: { 'ca.crt': client.cluster.ca },
    })
  }
}
