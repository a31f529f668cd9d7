import type { Plan } from '../plan/plan.ts'
import {
  type CronJob,
  type EndpointSlice,
  isKind,
  isWorkload,
  type Job,
  type Pod,
  type Service,
  selects,
  type Workload,
} from './objects.ts'
import type { Part } from './part.ts'
import { readObjects } from './read-objects.ts'
import type { Scope } from './scope.ts'

/** Everything of a namespace, or of all, that symptoms can show in. */
export type State = {
  workloads: readonly Workload[]
  pods: readonly Pod[]
  services: readonly Service[]
  slices: readonly EndpointSlice[]
  jobs: readonly Job[]
  cronJobs: readonly CronJob[]
  /** Kinds of which a part was read only, since there are so many. */
  parts: readonly Part[]
}

/** @param near names that the question is about: read first where there is too much to read all */
export function* readState(scope: Scope, near: readonly string[] = []): Plan<State> {
  const { objects, parts } = yield* readObjects(
    ['deployments,statefulsets,daemonsets,jobs,cronjobs', 'pods', 'services,endpointslices'],
    scope,
    near,
  )
  return {
    workloads: objects.filter(isWorkload),
    pods: objects.filter(isKind('Pod')).toSorted(newestFirst),
    services: objects.filter(isKind('Service')),
    slices: objects.filter(isKind('EndpointSlice')),
    jobs: objects.filter(isKind('Job')),
    cronJobs: objects.filter(isKind('CronJob')),
    parts,
  }
}

function newestFirst(a: Pod, b: Pod): number {
  return (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')
}

export function isTogether(a: { metadata: { namespace?: string } }, b: { metadata: { namespace?: string } }): boolean {
  return a.metadata.namespace === b.metadata.namespace
}

/** The pods that a workload's selector selects, newest first. */
export function podsOf(workload: Workload, { pods }: State): Pod[] {
  const selector = workload.spec.selector?.matchLabels
  return pods.filter((pod) => isTogether(pod, workload) && selects(selector, pod.metadata.labels))
}

/** What made a pod: a workload, a Job, or nothing that was read. */
export function ownerOf(pod: Pod, state: State): Workload | Job | undefined {
  const job = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'Job')
  if (job !== undefined) return state.jobs.find((one) => isTogether(one, pod) && one.metadata.name === job.name)
  return state.workloads.find(
    (workload) => isTogether(workload, pod) && selects(workload.spec.selector?.matchLabels, pod.metadata.labels),
  )
}

/** The workloads whose pods a Service selects. */
export function workloadsBehind(service: Service, { workloads }: State): Workload[] {
  return workloads.filter(
    (workload) =>
      isTogether(workload, service) && selects(service.spec.selector, workload.spec.template.metadata?.labels),
  )
}

/** How many addresses a Service leads to, and how many of them are ready. */
export function endpointsOf(service: Service, { slices }: State): { all: number; ready: number } {
  const own = slices.filter(
    (slice) =>
      isTogether(slice, service) && slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
  )
  const endpoints = own.flatMap(({ endpoints: found }) => found ?? [])
  return { all: endpoints.length, ready: endpoints.filter(({ conditions }) => conditions?.ready !== false).length }
}

/** How many pods a workload wants, and how many are ready. */
export function replicasOf({ kind, spec, status }: Workload): { wanted: number; ready: number } {
  if (kind === 'DaemonSet') return { wanted: status?.desiredNumberScheduled ?? 0, ready: status?.numberReady ?? 0 }
  return { wanted: spec.replicas ?? 1, ready: status?.readyReplicas ?? 0 }
}
