import { refOf } from '../cluster/objects.ts'
import { endpointsOf, replicasOf, type State } from '../cluster/state.ts'
import { nameOf } from '../evidence/finding.ts'
import type { Focus } from '../requests/focus.ts'
import { scoreOf } from './find-causes.ts'

const MAX_LINES = 12

/** What was looked at and is well, with the field that says so. */
export function healthLines(state: State, focus: Focus): string[] {
  const isMeant = (object: { kind: string; metadata: { name: string; namespace?: string } }) =>
    focus.objects.length === 0 || scoreOf(refOf(object), focus) > 0
  const workloads = state.workloads.filter(isMeant).map((workload) => {
    const { wanted, ready } = replicasOf(workload)
    const field = workload.kind === 'DaemonSet' ? 'status.numberReady' : 'status.readyReplicas'
    return `- ${nameOf(refOf(workload))}: \`${field}\` is ${ready} of ${wanted}`
  })
  const services = state.services
    .filter((service) => isMeant(service) && service.spec.selector !== undefined)
    .map((service) => `- ${nameOf(refOf(service))}: ${endpointsOf(service, state).ready} ready endpoints`)
  const cronJobs = state.cronJobs
    .filter((cronJob) => focus.objects.length > 0 && isMeant(cronJob))
    .map((cronJob) => {
      const { lastScheduleTime } = cronJob.status ?? {}
      const last = lastScheduleTime === undefined ? 'is not set: it has not run yet' : `is \`${lastScheduleTime}\``
      return `- ${nameOf(refOf(cronJob))}: \`spec.schedule\` is \`${cronJob.spec.schedule}\`, \`status.lastScheduleTime\` ${last}`
    })
  const lines = [...workloads, ...services, ...cronJobs]
  const rest = lines.length - MAX_LINES
  return rest > 0 ? [...lines.slice(0, MAX_LINES), `- and ${rest} more`] : lines
}
