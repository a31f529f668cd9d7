import type { Store } from '../store/store.ts'
import { type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { formatBinary, formatDecimal, quantityOf } from '../values/quantity.ts'

const nano = 1_000_000_000n

/** Kinds that a quota counts under a short name; others under `count/RESOURCE.GROUP`. */
const counted: Record<string, string> = {
  pods: '/pods',
  services: '/services',
  secrets: '/secrets',
  configmaps: '/configmaps',
  persistentvolumeclaims: '/persistentvolumeclaims',
  resourcequotas: '/resourcequotas',
  replicationcontrollers: '/replicationcontrollers',
}

/** What an object takes of a quota, by the quota's names, in billionths. */
export function usageOf(resource: string, object: JsonObject, names: readonly string[]): Map<string, bigint> {
  const usage = new Map<string, bigint>()
  const isPod = resource === '/pods'
  const isOver = ['Succeeded', 'Failed'].includes(textAt(object, 'status', 'phase') ?? '')
  for (const name of names) {
    if (counted[name] === resource || countKey(name) === resource) {
      if (!(name === 'pods' && isOver)) usage.set(name, nano)
    } else if (isPod && !isOver) {
      const amount = podAmount(object, name)
      if (amount !== undefined) usage.set(name, amount)
    } else if (resource === '/persistentvolumeclaims' && name === 'requests.storage') {
      usage.set(name, quantityOf(textAt(object, 'spec', 'resources', 'requests', 'storage') ?? '0') ?? 0n)
    } else if (resource === '/services') {
      const type = textAt(object, 'spec', 'type')
      if (name === 'services.nodeports' && type !== 'ClusterIP')
        usage.set(name, nano * BigInt(listAt(object, 'spec', 'ports').length))
      if (name === 'services.loadbalancers' && type === 'LoadBalancer') usage.set(name, nano)
    }
  }
  return usage
}

function countKey(name: string): string | undefined {
  const match = /^count\/([^.]+)(?:\.(.+))?$/.exec(name)
  return match ? `${match[2] ?? ''}/${match[1]}` : undefined
}

function podAmount(pod: JsonObject, name: string): bigint | undefined {
  const match =
    /^(requests|limits)\.(cpu|memory|ephemeral-storage)$/.exec(name) ?? /^()(cpu|memory|ephemeral-storage)$/.exec(name)
  if (!match) return undefined
  const [, kind, resource = ''] = match
  return listAt(pod, 'spec', 'containers').reduce<bigint>((sum, container) => {
    const text = textAt(container, 'resources', kind || 'requests', resource)
    return sum + (quantityOf(text ?? '0') ?? 0n)
  }, 0n)
}

/** Containers of a pod that do not say how much they take of something that a quota counts. */
export function unsaidAmounts(pod: JsonObject, names: readonly string[]): string[] {
  return names
    .filter((name) => /^((requests|limits)\.)?(cpu|memory)$/.test(name))
    .flatMap((name) => {
      const [, , kind, resource = ''] = /^((requests|limits)\.)?(cpu|memory)$/.exec(name) ?? []
      const missing = listAt(pod, 'spec', 'containers')
        .filter((each) => objectAt(each, 'resources', kind ?? 'requests')[resource] === undefined)
        .map((each) => textAt(each, 'name') ?? '')
      return missing.length > 0 ? [`${name} for: ${missing.join(',')}`] : []
    })
}

/** What all objects of a namespace take together, as the quota's status says it. */
export function quotaUsage(store: Store, namespace: string, names: readonly string[]): Record<string, string> {
  const keys = new Set([
    '/pods',
    '/services',
    '/persistentvolumeclaims',
    ...names.flatMap((name) => counted[name] ?? countKey(name) ?? []),
  ])
  const sums = new Map<string, bigint>(names.map((name) => [name, 0n]))
  for (const key of keys) {
    for (const object of store.list(key, namespace)) {
      for (const [name, amount] of usageOf(key, object, names)) sums.set(name, (sums.get(name) ?? 0n) + amount)
    }
  }
  return Object.fromEntries([...sums].map(([name, amount]) => [name, quotaText(name, amount)]))
}

export function quotaText(name: string, amount: bigint): string {
  return /memory|storage/.test(name) && !name.startsWith('count/') ? formatBinary(amount) : formatDecimal(amount)
}
