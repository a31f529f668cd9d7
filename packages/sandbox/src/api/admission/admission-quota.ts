import type { Cluster } from '../store/cluster.ts'
import { type Resource, storeKey } from '../store/resource.ts'
import { forbidden } from '../values/api-status-error.ts'
import { type JsonObject, objectAt, textAt } from '../values/json.ts'
import { quantityOf } from '../values/quantity.ts'
import { quotaText, quotaUsage, unsaidAmounts, usageOf } from './quota.ts'

/** Throws ApiStatusError when a quota of the namespace does not leave room for an object, or for what it becomes. */
export function requireQuota(
  { store }: Cluster,
  { resource, namespace }: { resource: Resource; namespace: string },
  object: JsonObject,
  before?: JsonObject,
): void {
  if (!resource.isNamespaced) return
  const name = textAt(object, 'metadata', 'name') ?? ''
  const key = storeKey(resource)
  for (const quota of store.list('/resourcequotas', namespace)) {
    const hard = objectAt(quota, 'spec', 'hard')
    const names = Object.keys(hard)
    const quotaName = textAt(quota, 'metadata', 'name') ?? ''
    const delta = usageOf(key, object, names)
    if (delta.size === 0) continue
    if (key === '/pods' && before === undefined) {
      const unsaid = unsaidAmounts(object, names)
      if (unsaid.length > 0) {
        throw forbidden(resource, name, `failed quota: ${quotaName}: must specify ${unsaid.toSorted().join('; ')}`)
      }
    }
    for (const [each, amount] of before ? usageOf(key, before, names) : [])
      delta.set(each, (delta.get(each) ?? 0n) - amount)
    const used = quotaUsage(store, namespace, names)
    const over = [...delta]
      .filter(
        ([each, amount]) =>
          amount > 0n && (quantityOf(used[each] ?? '0') ?? 0n) + amount > (quantityOf(String(hard[each])) ?? 0n),
      )
      .map(([each]) => each)
      .toSorted()
    if (over.length === 0) continue
    const list = (text: (each: string) => string) => over.map((each) => `${each}=${text(each)}`).join(',')
    const requested = list((each) => quotaText(each, delta.get(each) ?? 0n))
    const why = `exceeded quota: ${quotaName}, requested: ${requested}, used: ${list((each) => used[each] ?? '0')}, limited: ${list((each) => String(hard[each]))}`
    throw forbidden(resource, name, why)
  }
}
