import type { KubeObject } from '../../../effect/kube-object.ts'
import type { Pod } from '../../../kube/workloads/pod.ts'
import { ToolError } from '../../../tool/tool-error.ts'

export type NodePod = KubeObject & Pod

/** What becomes of the pods of a node that is drained. */
export type Judged = {
  evicted: readonly NodePod[]
  /** They stay, or go by themselves. */
  left: readonly { pod: NodePod; why: string }[]
}

export type DrainRules = { ignoreDaemonsets: boolean; deleteEmptydirData: boolean; force: boolean }

type Ruling = 'evict' | { left: string } | { refused: string }

/** Throws ToolError `Refused` that names every pod which the rules do not allow to be evicted. */
export function judgePods(node: string, pods: readonly NodePod[], rules: DrainRules): Judged {
  const ruled = pods.map((pod) => ({ pod, ruling: rule(pod, rules) }))
  const refusals = ruled.flatMap(({ pod, ruling }) =>
    typeof ruling === 'object' && 'refused' in ruling ? [`- ${nameOfPod(pod)}: ${ruling.refused}`] : [],
  )
  if (refusals.length > 0)
    throw new ToolError('Refused', `node "${node}" is not drained, and nothing was touched.\n${refusals.join('\n')}`)
  return {
    evicted: ruled.flatMap(({ pod, ruling }) => (ruling === 'evict' ? [pod] : [])),
    left: ruled.flatMap(({ pod, ruling }) =>
      typeof ruling === 'object' && 'left' in ruling ? [{ pod, why: ruling.left }] : [],
    ),
  }
}

function rule(pod: NodePod, { ignoreDaemonsets, deleteEmptydirData, force }: DrainRules): Ruling {
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { left: 'skipped: mirror pod' }
  if (pod.metadata.deletionTimestamp !== undefined) return { left: 'terminating' }
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return 'evict'
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true)
  if (controller?.kind === 'DaemonSet' && controller.apiVersion.startsWith('apps/')) {
    if (ignoreDaemonsets) return { left: `skipped: DaemonSet ${controller.name}` }
    return {
      refused: `it belongs to the DaemonSet ${controller.name}, which would make it anew; see ignore_daemonsets.`,
    }
  }
  const reasons = [
    ...(controller === undefined && !force ? ['no controller would make it anew; see force'] : []),
    ...(hasEmptyDir(pod) && !deleteEmptydirData
      ? ['its emptyDir volumes would be lost; see delete_emptydir_data']
      : []),
  ]
  return reasons.length === 0 ? 'evict' : { refused: `${reasons.join(', and ')}.` }
}

function hasEmptyDir({ spec }: Pod): boolean {
  const volumes = (spec?.volumes ?? []) as readonly { emptyDir?: unknown }[]
  return volumes.some(({ emptyDir }) => emptyDir !== undefined)
}

export function nameOfPod({ metadata: { namespace, name } }: Pod): string {
  return `${namespace}/${name}`
}
