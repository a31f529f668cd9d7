import { type Pod, statusOf } from '../../kube/workloads/pod.ts'
import { ToolError } from '../../tool/tool-error.ts'

/** Refuses a pod, and a container of it, in which nothing can be run now. */
export function requireRunning(pod: Pod, container: string): void {
  const { name, namespace } = pod.metadata
  const named = `pod "${name}" in namespace ${namespace}`
  const phase = pod.status?.phase ?? 'Unknown'
  if (phase !== 'Running') throw new ToolError('Refused', `${named} is not running: its phase is ${phase}.`)
  const state = statusOf(pod, container)?.state
  if (state === undefined || state.running !== undefined) return
  const why = state.waiting?.reason ?? state.terminated?.reason ?? 'it has not started'
  throw new ToolError('Refused', `container "${container}" of ${named} is not running: ${why}.`)
}
