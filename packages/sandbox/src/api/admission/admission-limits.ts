import type { Cluster } from '../store/cluster.ts'
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { quantityOf } from '../values/quantity.ts'

/** Gives containers that say nothing what the LimitRanges of the namespace say. */
export function setLimitRangeDefaults({ store }: Cluster, namespace: string, pod: JsonObject): void {
  for (const range of store.list('/limitranges', namespace)) {
    for (const limit of listAt(range, 'spec', 'limits').filter((each) => textAt(each, 'type') === 'Container')) {
      const defaults = objectAt(limit, 'default')
      const requests = objectAt(limit, 'defaultRequest')
      const set: string[] = []
      for (const container of [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')]) {
        if (!isObject(container)) continue
        const resources = isObject(container.resources) ? container.resources : {}
        container.resources = resources
        const fill = (kind: 'limits' | 'requests', given: JsonObject) => {
          const target: JsonObject = { ...objectAt(resources, kind) }
          const missing = Object.entries(given).filter(([name]) => target[name] === undefined)
          for (const [name, amount] of missing) target[name] = amount
          if (missing.length > 0) {
            resources[kind] = target
            const names = missing
              .map(([name]) => name)
              .toSorted()
              .join(', ')
            set.push(`${names} ${kind === 'limits' ? 'limit' : 'request'} for container ${textAt(container, 'name')}`)
          }
        }
        fill('requests', requests)
        fill('limits', defaults)
      }
      if (set.length === 0) continue
      const metadata = objectAt(pod, 'metadata')
      const text = `LimitRanger plugin set: ${set.toSorted().join('; ')}`
      metadata.annotations = { ...objectAt(metadata, 'annotations'), 'kubernetes.io/limit-ranger': text }
    }
  }
}

/** What of a pod or claim is beyond the LimitRanges of the namespace. */
export function limitRangeCauses({ store }: Cluster, namespace: string, object: JsonObject, key: string): string[] {
  return store.list('/limitranges', namespace).flatMap((range) =>
    listAt(range, 'spec', 'limits').flatMap((limit) => {
      const type = textAt(limit, 'type')
      if (type === 'PersistentVolumeClaim' && key === '/persistentvolumeclaims') {
        return beyond(limit, type, objectAt(object, 'spec', 'resources', 'requests'), {})
      }
      if (key !== '/pods') return []
      const containers = listAt(object, 'spec', 'containers')
      if (type === 'Container') {
        return containers.flatMap((each) =>
          beyond(limit, type, objectAt(each, 'resources', 'requests'), objectAt(each, 'resources', 'limits')),
        )
      }
      return []
    }),
  )
}

function beyond(limit: Json, type: string, requests: JsonObject, limits: JsonObject): string[] {
  const found: string[] = []
  const amount = (of: JsonObject, name: string) => (of[name] === undefined ? undefined : quantityOf(String(of[name])))
  for (const [name, least] of Object.entries(objectAt(limit, 'min')).toSorted()) {
    const requested = amount(requests, name)
    const said = `minimum ${name} usage per ${type} is ${String(least)}`
    if (requested === undefined) found.push(`${said}.  No request is specified`)
    else if (requested < (quantityOf(String(least)) ?? 0n))
      found.push(`${said}, but request is ${String(requests[name])}`)
  }
  for (const [name, most] of Object.entries(objectAt(limit, 'max')).toSorted()) {
    const isClaim = type === 'PersistentVolumeClaim'
    const capped = amount(isClaim ? requests : limits, name)
    const said = `maximum ${name} usage per ${type} is ${String(most)}`
    const bound = quantityOf(String(most)) ?? 0n
    if (capped === undefined) found.push(`${said}.  No limit is specified`)
    else if (capped > bound)
      found.push(`${said}, but ${isClaim ? 'request' : 'limit'} is ${String((isClaim ? requests : limits)[name])}`)
  }
  return found
}
