import type { ObjectMeta } from '../../effect/kube-object.ts'

/** A Pod as far as reads look at it. */
export type Pod = {
  metadata: ObjectMeta
  spec?: {
    nodeName?: string
    containers?: Container[]
    initContainers?: Container[]
    ephemeralContainers?: Container[]
    [field: string]: unknown
  }
  status?: {
    phase?: string
    reason?: string
    message?: string
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
    ephemeralContainerStatuses?: ContainerStatus[]
    conditions?: { type: string; status: string; reason?: string; message?: string }[]
    [field: string]: unknown
  }
}

export type Container = { name: string; image?: string; [field: string]: unknown }

export type ContainerStatus = {
  name: string
  ready?: boolean
  restartCount?: number
  state?: ContainerState
  lastState?: ContainerState
  imageID?: string
}

export type ContainerState = {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: {
    reason?: string
    message?: string
    exitCode?: number
    signal?: number
    startedAt?: string
    finishedAt?: string
  }
}

export function containersOf({ spec }: Pod): Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])]
}

export function statusesOf({ status }: Pod): ContainerStatus[] {
  return [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ]
}

export function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  return statusesOf(pod).find(({ name }) => name === container)
}

/** Why a pod is not what it should be, in one line; undefined when nothing speaks of trouble. */
export function troubleOf(pod: Pod): string | undefined {
  const troubled = statusesOf(pod).find(({ state }) => isTrouble(state))
  if (troubled !== undefined) {
    const { waiting, terminated } = troubled.state ?? {}
    const reason = waiting?.reason ?? terminated?.reason ?? `exit code ${terminated?.exitCode}`
    const message = waiting?.message ?? terminated?.message
    return `container "${troubled.name}": ${reason}${message ? ` (${message})` : ''}`
  }
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  if (unscheduled) return `${unscheduled.reason}: ${unscheduled.message}`
  if (pod.status?.reason) return `${pod.status.reason}: ${pod.status.message ?? ''}`
  const unready = statusesOf(pod).find(({ ready, state }) => ready === false && state?.running)
  if (unready) return `container "${unready.name}" is running but not ready`
  return pod.status?.phase === 'Pending' ? 'Pending' : undefined
}

function isTrouble(state: ContainerState | undefined): boolean {
  const { waiting, terminated } = state ?? {}
  if (waiting) return waiting.reason !== 'PodInitializing'
  return terminated !== undefined && terminated.exitCode !== 0
}

/** Pods that work are no worse than each other; the more restarts, the worse among the rest. */
export function worstPod(pods: readonly Pod[]): { pod: Pod; trouble: string } | undefined {
  const troubled = pods.flatMap((pod) => {
    const trouble = troubleOf(pod)
    return trouble === undefined ? [] : [{ pod, trouble, restarts: restartsOf(pod) }]
  })
  const [worst] = troubled.toSorted((a, b) => b.restarts - a.restarts)
  return worst
}

export function restartsOf(pod: Pod): number {
  return statusesOf(pod).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0)
}
