import { type Pod, statusesOf } from '../cluster/objects.ts'
import { call, type Plan } from '../plan/plan.ts'

/** Of a line, so much is read: programs write whatever they like. */
const LONGEST_LINE = 1_000

/**
 * What a container has written last. One that runs again after a fall tells of it in the log of the instance before; one
 * that does not run shows the last instance's anyway.
 */
export function* readLog(pod: Pod, container: string, hasFallen: boolean): Plan<string[]> {
  const isRunning = statusesOf(pod).find(({ name }) => name === container)?.state?.running !== undefined
  const { name: pod_name, namespace } = pod.metadata
  const args = { pod_name, namespace, container_name: container, num_lines: 30 }
  const before = { ...args, previous: true }
  const order = hasFallen ? (isRunning ? [before, args] : [args, before]) : [args]
  for (const one of order) {
    const reply = yield* call('k8s_logs', one)
    const lines = reply.kind === 'answered' ? reply.text.split('\n').filter((line) => line.trim() !== '') : []
    if (lines.length > 0 && !lines[0]?.startsWith('No log lines'))
      return lines.map((line) => line.slice(0, LONGEST_LINE))
  }
  return []
}

export type PodEvent = { reason: string; message: string }

/** A pod's events, oldest first. */
export function* readEvents(pod: Pod): Plan<PodEvent[]> {
  const { name, namespace } = pod.metadata
  const reply = yield* call('k8s_describe', { name, resource_type: 'pod', namespace })
  const at = reply.kind === 'answered' ? reply.text.lastIndexOf('\nEvents') : -1
  if (at < 0) return []
  const rows = reply.text
    .slice(at + 1)
    .split('\n')
    .slice(2)
  return rows.map((row) => {
    const cells = row.trim().split(/ {3,}/)
    return { reason: cells[1] ?? '', message: cells.at(-1) ?? '' }
  })
}
