import { isRecord } from '../../../effect/is-record.ts'
import type { KubeObject } from '../../../effect/kube-object.ts'
import type { Target } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import { unlessRefused } from '../../../kube/target/unless-refused.ts'
import { type Pod, troubleOf } from '../../../kube/workloads/pod.ts'

/** Conditions that say whether an object is well, by those who use them. */
const telling = ['Ready', 'Available', 'Healthy', 'Complete', 'Failed', 'Progressing', 'Established']
const MAX_CONDITIONS = 3

type Condition = { type?: string; status?: string; reason?: string }

export function nameOf({ kind, name }: { kind: string; name: string }): string {
  return `${kind}/${name}`
}

/** ` (Available=True)`: behind its name; empty for one that says nothing. */
export function stateText(object: KubeObject): string {
  const state = stateOf(object)
  return state === '' ? '' : ` (${state})`
}

/** The same of one that is yet to be read, with what was found. */
export async function seenAt(
  kube: Pick<Kube, 'find'>,
  target: Target,
): Promise<{ object: KubeObject | undefined; state: string }> {
  const found = await unlessRefused(async () => ({ object: await kube.find(target) }))
  if ('refusal' in found) return { object: undefined, state: ' (may not be read)' }
  const { object } = found
  return { object, state: object === undefined ? ' (not there)' : stateText(object) }
}

/** How an object is, in a few words: its phase, a pod's trouble, its conditions. Empty for one that says nothing. */
function stateOf(object: KubeObject): string {
  const status = isRecord(object.status) ? object.status : {}
  const isGoing = object.metadata.deletionTimestamp !== undefined ? ['is being deleted'] : []
  if (object.kind === 'Pod' && object.apiVersion === 'v1')
    return [...isGoing, troubleOf(object as Pod) ?? String(status.phase ?? 'Pending')].join(', ')
  const { sync, health, phase, conditions } = status
  const ofApplication = [sync, health].flatMap((each) =>
    isRecord(each) && typeof each.status === 'string' ? [each.status] : [],
  )
  const said = typeof phase === 'string' ? [phase] : []
  return [...isGoing, ...said, ...ofApplication, ...conditionsOf(conditions)].join(', ')
}

function conditionsOf(conditions: unknown): string[] {
  if (!Array.isArray(conditions)) return []
  return (conditions as Condition[])
    .filter(({ type = '' }) => telling.includes(type))
    .slice(0, MAX_CONDITIONS)
    .map(({ type, status, reason }) => `${type}=${status}${status === 'True' || !reason ? '' : `: ${reason}`}`)
}
