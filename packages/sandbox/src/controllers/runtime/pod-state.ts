import type { Json, JsonObject } from '../../api/values/json.ts'
import { labelsOf, labelTestOf } from '../../api/values/selectors.ts'
import type { Client } from './client.ts'
import { isControlledBy } from './client.ts'
import { keys } from './keys.ts'
import type { Condition, KubeObject, LabelSelector, Pod } from './shapes.ts'

export function conditionOf(of: { status?: { conditions?: Condition[] } }, type: string): Condition | undefined {
  return of.status?.conditions?.find((each) => each.type === type)
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True'
}

/** Ready for so long that it counts. */
export function isAvailable(pod: Pod, minReadySeconds: number | undefined, now: number): boolean {
  const ready = conditionOf(pod, 'Ready')
  if (ready?.status !== 'True') return false
  if (!minReadySeconds) return true
  return Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 <= now
}

export function isOver(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
}

/** There, and meant to stay. */
export function isActive(pod: Pod): boolean {
  return !isOver(pod) && pod.metadata.deletionTimestamp === undefined
}

/** The pods that something controls. */
export function podsOf(client: Client, owner: KubeObject): Pod[] {
  return client.list<Pod>(keys.pods, owner.metadata.namespace).filter((pod) => isControlledBy(pod, owner))
}

export function isSelected(selector: LabelSelector, object: KubeObject): boolean {
  return labelTestOf(selector as Json)(labelsOf(object as unknown as JsonObject))
}

/** The conditions with one replaced; its time of change moves only with its status. */
export function withCondition(conditions: readonly Condition[] | undefined, next: Condition, now: string): Condition[] {
  const before = conditions?.find(({ type }) => type === next.type)
  const lastTransitionTime = before?.status === next.status ? (before.lastTransitionTime ?? now) : now
  const others = (conditions ?? []).filter(({ type }) => type !== next.type)
  return [...others, { ...next, lastTransitionTime }]
}
