import { isRecord } from '../effect/is-record.ts'
import type { Kube } from '../kube/kube.ts'
import { ToolError } from '../tool/tool-error.ts'
import { type HelmObjectPlan, RELEASE_KIND } from './helm-plan.ts'

/** Whether the cluster holds an object as the release was to make it; what the server added does not matter. */
export async function isLiveAsPlanned(
  { target, action, after, ref }: HelmObjectPlan,
  { kube }: { kube: Pick<Kube, 'find'> },
): Promise<boolean> {
  if (target === undefined || ref.kind === RELEASE_KIND || action === 'invoke') return false
  try {
    const live = await kube.find(target)
    if (action === 'delete') return live === undefined || live.metadata.uid !== ref.uid
    return live !== undefined && contains(live, after)
  } catch (error) {
    if (error instanceof ToolError) return false
    throw error
  }
}

function contains(live: unknown, wanted: unknown): boolean {
  if (isRecord(wanted))
    return isRecord(live) && Object.entries(wanted).every(([key, value]) => contains(live[key], value))
  if (Array.isArray(wanted))
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((value, index) => contains(live[index], value))
    )
  return wanted === null || Object.is(live, wanted)
}
