import type { KubeObject } from '../../../effect/kube-object.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { type Pod, restartsOf, troubleOf } from '../../../kube/workloads/pod.ts'
import { podsOf } from '../../../kube/workloads/workload-pods.ts'
import { ageOf } from '../../../output/age.ts'
import { conditionTable } from '../../../output/condition-table.ts'
import { fields, type Lines, outline, partOf, section, tableSection } from '../../../output/report.ts'
import { containerSection, type ShownContainer } from './container-lines.ts'
import { type Layout, partsOf } from './layout.ts'

type Template = {
  spec?: { containers?: ShownContainer[]; initContainers?: ShownContainer[]; serviceAccountName?: string }
}
type Selector = { matchLabels?: Record<string, string>; matchExpressions?: unknown[] }
type WorkloadSpec = {
  replicas: number
  paused: boolean
  selector: Selector
  strategy: { type?: string; rollingUpdate?: object }
  updateStrategy: { type?: string; rollingUpdate?: object }
  minReadySeconds: number
  serviceName: string
  template: Template
}
type WorkloadStatus = Record<
  | 'replicas'
  | 'updatedReplicas'
  | 'readyReplicas'
  | 'availableReplicas'
  | 'unavailableReplicas'
  | 'desiredNumberScheduled'
  | 'currentNumberScheduled'
  | 'updatedNumberScheduled'
  | 'numberReady'
  | 'numberAvailable'
  | 'numberMisscheduled',
  number
>

export const deploymentLayout: Layout = async (object, context) => [
  ...replicaLines(object),
  ...strategyLines(object),
  ...templateSection(object, context),
  ...conditionTable(object.status),
  ...(await partOf('Replica sets', replicaSets(object, context))),
  ...(await podSection(object, context)),
]

export const replicatedLayout: Layout = async (object, context) => [
  ...replicaLines(object),
  ...strategyLines(object),
  ...templateSection(object, context),
  ...conditionTable(object.status),
  ...(await podSection(object, context)),
]

export const daemonSetLayout: Layout = async (object, context) => {
  const { spec, status } = partsOf<WorkloadSpec, WorkloadStatus>(object)
  return [
    ...fields([
      ['Selector', spec.selector?.matchLabels],
      ['Desired', status.desiredNumberScheduled],
      ['Current', status.currentNumberScheduled],
      ['Updated', status.updatedNumberScheduled ?? 0],
      ['Ready', status.numberReady],
      ['Available', status.numberAvailable ?? 0],
      ['Misscheduled', status.numberMisscheduled],
    ]),
    ...strategyLines(object),
    ...templateSection(object, context),
    ...conditionTable(status),
    ...(await podSection(object, context)),
  ]
}

function replicaLines(object: KubeObject): Lines {
  const { spec, status } = partsOf<WorkloadSpec, WorkloadStatus>(object)
  const { updatedReplicas: updated = 0, readyReplicas: ready = 0, availableReplicas: available = 0 } = status
  return fields([
    ['Selector', spec.selector?.matchLabels],
    [
      'Replicas',
      `${spec.replicas ?? 0} desired, ${status.replicas ?? 0} total, ${updated} updated, ${ready} ready, ${available} available`,
    ],
    ['Paused', spec.paused],
    ['Service', spec.serviceName],
  ])
}

function strategyLines(object: KubeObject): Lines {
  const { spec } = partsOf<WorkloadSpec>(object)
  const { type, rollingUpdate } = spec.strategy ?? spec.updateStrategy ?? {}
  return fields([
    ['Strategy', type],
    ['Rolling update', rollingUpdate],
    ['Min ready seconds', spec.minReadySeconds || undefined],
  ])
}

function templateSection(object: KubeObject, { now }: KubeContext, template?: Template): Lines {
  const { spec } = template ?? partsOf<WorkloadSpec>(object).spec.template ?? {}
  return section('Pod template', [
    ...fields([['Service account', spec?.serviceAccountName]]),
    ...containerSection('Init containers', spec?.initContainers, now()),
    ...containerSection('Containers', spec?.containers, now()),
  ])
}

async function replicaSets(deployment: KubeObject, { kube, now }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await kube.resolve('replicasets.apps'), {
    namespace: deployment.metadata.namespace,
  })
  const own = items.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid),
  )
  const rows = own
    .map((replicaSet) => ({
      revision: Number(replicaSet.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
      replicaSet,
    }))
    .toSorted((a, b) => b.revision - a.revision)
    .map(({ revision, replicaSet }) => {
      const { spec, status } = partsOf<WorkloadSpec, WorkloadStatus>(replicaSet)
      const images = spec.template?.spec?.containers?.map(({ image }) => image)
      return [
        replicaSet.metadata.name,
        revision,
        `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
        images,
        ageOf(replicaSet.metadata.creationTimestamp, now()),
      ]
    })
  return tableSection('Replica sets', ['NAME', 'REVISION', 'READY', 'IMAGES', 'AGE'], rows.slice(0, 10))
}

const mostPods = 20

function podSection(object: KubeObject, context: KubeContext): Promise<Lines> {
  return partOf(
    'Pods',
    podsOf(context.kube, object).then((pods) => podTable(pods, context)),
  )
}

function podTable(pods: readonly Pod[], { now }: KubeContext): Lines {
  const troubled = pods.filter((pod) => troubleOf(pod) !== undefined)
  const first = [...troubled, ...pods.filter((pod) => !troubled.includes(pod))].slice(0, mostPods)
  const rows = first.map((pod) => [
    pod.metadata.name,
    pod.status?.phase,
    restartsOf(pod),
    pod.spec?.nodeName ?? '',
    ageOf(pod.metadata.creationTimestamp, now()),
    troubleOf(pod) ?? '',
  ])
  const title = pods.length > first.length ? `Pods (${first.length} of ${pods.length})` : 'Pods'
  return tableSection(title, ['NAME', 'PHASE', 'RESTARTS', 'NODE', 'AGE', 'TROUBLE'], rows)
}

type JobSpec = {
  parallelism: number
  completions: number
  backoffLimit: number
  suspend: boolean
  template: Template
  selector: Selector
}
type JobStatus = { active: number; succeeded: number; failed: number; startTime: string; completionTime: string }

export const jobLayout: Layout = async (object, context) => {
  const { spec, status } = partsOf<JobSpec, JobStatus>(object)
  return [
    ...fields([
      ['Parallelism', spec.parallelism],
      ['Completions', spec.completions],
      ['Backoff limit', spec.backoffLimit],
      ['Suspended', spec.suspend || undefined],
      ['Started', status.startTime && `${ageOf(status.startTime, context.now())} ago`],
      ['Completed', status.completionTime && `${ageOf(status.completionTime, context.now())} ago`],
      ['Pods', `${status.active ?? 0} active, ${status.succeeded ?? 0} succeeded, ${status.failed ?? 0} failed`],
    ]),
    ...templateSection(object, context),
    ...conditionTable(status),
    ...(await podSection(object, context)),
  ]
}

type CronJobSpec = {
  schedule: string
  timeZone: string
  suspend: boolean
  concurrencyPolicy: string
  startingDeadlineSeconds: number
  jobTemplate: { spec?: { template?: Template } }
}
type CronJobStatus = { active: { name: string }[]; lastScheduleTime: string; lastSuccessfulTime: string }

export const cronJobLayout: Layout = (object, context) => {
  const { spec, status } = partsOf<CronJobSpec, CronJobStatus>(object)
  return [
    ...fields([
      ['Schedule', spec.schedule],
      ['Time zone', spec.timeZone],
      ['Suspended', spec.suspend ?? false],
      ['Concurrency', spec.concurrencyPolicy],
      ['Starting deadline', spec.startingDeadlineSeconds],
      ['Last schedule', status.lastScheduleTime ? `${ageOf(status.lastScheduleTime, context.now())} ago` : null],
      ['Last success', status.lastSuccessfulTime ? `${ageOf(status.lastSuccessfulTime, context.now())} ago` : null],
      ['Active jobs', (status.active ?? []).map(({ name }) => name)],
    ]),
    ...templateSection(object, context, spec.jobTemplate?.spec?.template ?? {}),
  ]
}

type HpaSpec = {
  scaleTargetRef: { kind: string; name: string }
  minReplicas: number
  maxReplicas: number
  metrics: unknown[]
  behavior: object
}
type HpaStatus = { currentReplicas: number; desiredReplicas: number; currentMetrics: unknown[]; lastScaleTime: string }

export const autoscalerLayout: Layout = (object, { now }) => {
  const { spec, status } = partsOf<HpaSpec, HpaStatus>(object)
  return [
    ...fields([
      ['Target', spec.scaleTargetRef && `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`],
      [
        'Replicas',
        `${status.currentReplicas ?? 0} current, ${status.desiredReplicas ?? 0} desired, ${spec.minReplicas ?? 1} to ${spec.maxReplicas}`,
      ],
      ['Last scaled', status.lastScaleTime && `${ageOf(status.lastScaleTime, now())} ago`],
    ]),
    ...section('Metrics', outline(spec.metrics ?? [])),
    ...section('Current metrics', outline(status.currentMetrics ?? [])),
    ...conditionTable(status),
  ]
}
