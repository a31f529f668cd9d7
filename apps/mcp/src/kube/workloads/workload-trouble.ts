import type { KubeObject } from '../../effect/kube-object.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Kube } from '../kube.ts'
import { worstPod } from './pod.ts'
import { podsOf } from './workload-pods.ts'

/**
 * Why a workload's rollout is not done: the worst of its pods, in words. Undefined when none is in trouble; not being
 * allowed to list pods takes nothing from the answer.
 */
export async function workloadTrouble(workload: KubeObject, kube: Kube): Promise<string | undefined> {
  const pods = await podsOf(kube, workload).catch((error: unknown) => {
    if (error instanceof ToolError) return []
    throw error
  })
  const worst = worstPod(pods)
  return worst && `pod "${worst.pod.metadata.name}": ${worst.trouble}`
}
