import {
  type Container,
  type ContainerStatus,
  type CronJob,
  conditionOf,
  containersOf,
  type Job,
  type Pod,
  type Ref,
  refOf,
  type Service,
  type ServicePort,
  statusesOf,
  type Workload,
} from '../cluster/objects.ts'
import { endpointsOf, isTogether, ownerOf, podsOf, replicasOf, type State, workloadsBehind } from '../cluster/state.ts'

type PodContainer = { pod: Pod; owner: Workload | Job | undefined; container: Container; status: ContainerStatus }

type OfPod = { pod: Pod; owner: Workload | Job | undefined }

/** What can be seen from outside to be wrong, before anything is known of why. */
type Sorts = {
  /** The image cannot be pulled. */
  image: PodContainer
  /** The container cannot be made of its declaration. */
  config: PodContainer
  /** It ends, and is started again. */
  crash: PodContainer
  /** It runs, and is not ready. */
  unready: PodContainer
  /** No node takes the pod. */
  unscheduled: OfPod
  /** Its containers are still being made. */
  waiting: OfPod
  /** A pod of nobody's has ended badly. */
  failed: OfPod
  /** Pods that are wanted are not made. */
  'none-made': { workload: Workload }
  paused: { workload: Workload }
  'selects-nothing': { service: Service }
  'leads-nowhere': { service: Service; port: ServicePort; pods: readonly Pod[] }
  'job-failed': { job: Job }
  /** Runs no more, as somebody wants it: wrong only to who asks for it. */
  suspended: { cronJob: CronJob }
}
export type Sort = keyof Sorts
export type Symptom<Is extends Sort = Sort> = { [S in Is]: { is: S } & Sorts[S] }[Is]

/** All symptoms, one of a sort for each owner; those of pods before those that may only follow from them. */
export function symptomsOf(state: State): Symptom[] {
  const found = [
    ...state.pods.flatMap((pod) => symptomsOfPod(pod, state)),
    ...state.workloads.flatMap((workload) => symptomsOfWorkload(workload, state)),
    ...state.services.flatMap((service) => symptomsOfService(service, state)),
    ...state.jobs.filter((job) => hasFailed(job, state)).map((job): Symptom => ({ is: 'job-failed', job })),
    ...state.cronJobs.filter(({ spec }) => spec.suspend).map((cronJob): Symptom => ({ is: 'suspended', cronJob })),
  ]
  const seen = new Set<string>()
  return found.filter((symptom) => {
    const key = JSON.stringify([symptom.is, subjectOf(symptom)])
    return !seen.has(key) && seen.add(key)
  })
}

/** The object that a symptom is a symptom of. */
export function subjectOf(symptom: Symptom): Ref {
  if ('service' in symptom) return refOf(symptom.service)
  if ('workload' in symptom) return refOf(symptom.workload)
  if ('job' in symptom) return refOf(symptom.job)
  if ('cronJob' in symptom) return refOf(symptom.cronJob)
  return refOf(symptom.owner ?? symptom.pod)
}

const notPulled = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable']
const notConfigured = ['CreateContainerConfigError', 'CreateContainerError']

function symptomsOfPod(pod: Pod, state: State): Symptom[] {
  const { phase } = pod.status ?? {}
  if (pod.metadata.deletionTimestamp !== undefined || phase === 'Succeeded') return []
  const owner = ownerOf(pod, state)
  if (phase === 'Failed') {
    // What belongs to a Job or a workload is replaced; the owner says whether that has helped.
    return owner === undefined ? [{ is: 'failed', pod, owner }] : []
  }
  const unscheduled = conditionOf(pod, 'PodScheduled')
  if (unscheduled?.status === 'False') return [{ is: 'unscheduled', pod, owner }]
  for (const status of statusesOf(pod)) {
    const container = containersOf(pod.spec).find(({ name }) => name === status.name)
    const is = container && troubleOf(status, pod)
    if (is !== undefined && container !== undefined) return [{ is, pod, owner, container, status }]
  }
  const isWaiting = statusesOf(pod).some(({ state: now }) => now?.waiting?.reason === 'ContainerCreating')
  return phase === 'Pending' && isWaiting ? [{ is: 'waiting', pod, owner }] : []
}

function troubleOf(status: ContainerStatus, pod: Pod): InPodSort | undefined {
  const { waiting, terminated, running } = status.state ?? {}
  if (notPulled.includes(waiting?.reason ?? '')) return 'image'
  if (notConfigured.includes(waiting?.reason ?? '')) return 'config'
  if (waiting?.reason === 'CrashLoopBackOff') return 'crash'
  const isOver = pod.spec.restartPolicy !== undefined && pod.spec.restartPolicy !== 'Always'
  if (terminated !== undefined) return terminated.exitCode === 0 || isOver ? undefined : 'crash'
  const last = status.lastState?.terminated
  const hasFallen = last !== undefined && last.exitCode !== 0 && (status.restartCount ?? 0) > 0
  if (hasFallen && (status.ready === false || (status.restartCount ?? 0) >= 3)) return 'crash'
  return running !== undefined && status.ready === false ? 'unready' : undefined
}

type InPodSort = 'image' | 'config' | 'crash' | 'unready'

function symptomsOfWorkload(workload: Workload, state: State): Symptom[] {
  const { wanted } = replicasOf(workload)
  const { spec, status } = workload
  if (spec.paused && (status?.updatedReplicas ?? 0) < wanted) return [{ is: 'paused', workload }]
  const refused = conditionOf(workload, 'ReplicaFailure')?.status === 'True'
  const isShort = (status?.replicas ?? 0) < wanted && podsOf(workload, state).length < wanted
  return refused || (isShort && workload.kind === 'StatefulSet') ? [{ is: 'none-made', workload }] : []
}

function symptomsOfService(service: Service, state: State): Symptom[] {
  const { selector, type, ports = [] } = service.spec
  if (type === 'ExternalName' || Object.keys(selector ?? {}).length === 0) return []
  const behind = workloadsBehind(service, state)
  const pods = state.pods.filter(
    (pod) => isTogether(pod, service) && behind.some((workload) => podsOf(workload, state).includes(pod)),
  )
  if (behind.length === 0) return endpointsOf(service, state).all === 0 ? [{ is: 'selects-nothing', service }] : []
  const containers = behind.flatMap(({ spec }) => spec.template.spec.containers)
  return ports.flatMap((port): Symptom[] =>
    leadsSomewhere(port, containers) ? [] : [{ is: 'leads-nowhere', service, port, pods }],
  )
}

/** Whether a container says that it listens there. One that names no ports may listen anywhere. */
function leadsSomewhere({ port, targetPort = port }: ServicePort, containers: readonly Container[]): boolean {
  const declared = containers.flatMap(({ ports = [] }) => ports)
  if (typeof targetPort === 'string') return declared.some(({ name }) => name === targetPort)
  return declared.length === 0 || declared.some(({ containerPort }) => containerPort === targetPort)
}

function hasFailed(job: Job, { jobs }: State): boolean {
  if (conditionOf(job, 'Failed')?.status !== 'True') return false
  const images = imagesOf(job)
  // A later one of the same program that has come to its end stands in its place.
  return !jobs.some(
    (other) =>
      isTogether(other, job) &&
      imagesOf(other) === images &&
      conditionOf(other, 'Complete')?.status === 'True' &&
      (other.metadata.creationTimestamp ?? '') >= (job.metadata.creationTimestamp ?? '') &&
      (other.metadata.name.startsWith(job.metadata.name) || sameCronJob(other, job)),
  )
}

function imagesOf({ spec }: Job): string {
  return containersOf(spec.template.spec)
    .map(({ image }) => image)
    .join(' ')
}

function sameCronJob(a: Job, b: Job): boolean {
  const [of, other] = [a, b].map(
    ({ metadata }) => metadata.ownerReferences?.find(({ kind }) => kind === 'CronJob')?.name,
  )
  return of !== undefined && of === other
}
