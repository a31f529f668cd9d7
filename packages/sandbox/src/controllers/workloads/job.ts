import { isApiStatusError } from '../../api/values/api-status-error.ts'
import { type Client, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { conditionOf, isActive, isReady, podsOf, withCondition } from '../runtime/pod-state.ts'
import { type Controller, itself, ownersOf } from '../runtime/run-controllers.ts'
import type { Condition, Job, Pod } from '../runtime/shapes.ts'

const FIRST_RETRY_MS = 10_000
const LONGEST_RETRY_MS = 360_000

/** Runs pods until enough of them have succeeded, or too many have failed. */
export function jobs(client: Client): Controller {
  return {
    name: 'job',
    wakes(event) {
      if (event.resource === keys.jobs) return itself(event)
      return event.resource === keys.pods ? ownersOf(event, 'Job') : []
    },
    reconcile(namespace, name) {
      const job = client.get<Job>(keys.jobs, namespace, name)
      if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined
      if (isFinished(job)) return expire(client, job)
      return run(client, job)
    },
  }
}

export function isFinished(job: Job): boolean {
  return ['Complete', 'Failed'].some((type) => conditionOf(job, type)?.status === 'True')
}

/** Takes a finished Job away when its time is over. */
function expire(client: Client, job: Job): number | undefined {
  const { ttlSecondsAfterFinished: ttl } = job.spec
  if (ttl === undefined) return undefined
  const ended = job.status.completionTime ?? conditionOf(job, 'Failed')?.lastTransitionTime ?? client.timestamp
  const left = Date.parse(ended) + ttl * 1_000 - client.now
  if (left > 0) return left
  client.delete(keys.jobs, job, { propagationPolicy: 'Background' })
  return undefined
}

function run(client: Client, job: Job): number | undefined {
  const { spec } = job
  if (spec.suspend) {
    for (const pod of podsOf(client, job).filter(isActive)) client.delete(keys.pods, pod)
    report(client, job, { conditions: suspended(client, job, true) })
    return undefined
  }
  const startTime = job.status.startTime ?? client.timestamp
  const pods = podsOf(client, job)
  const succeeded = pods.filter(({ status }) => status.phase === 'Succeeded').length
  const failed = pods.filter(({ status }) => status.phase === 'Failed')
  const restarts = pods
    .filter(({ spec: { restartPolicy } }) => restartPolicy === 'OnFailure')
    .reduce((sum, { status }) => sum + (status.containerStatuses?.[0]?.restartCount ?? 0), 0)
  const active = pods.filter(isActive)
  const deadline =
    spec.activeDeadlineSeconds === undefined ? undefined : Date.parse(startTime) + spec.activeDeadlineSeconds * 1_000
  if (deadline !== undefined && client.now >= deadline) {
    return fail(client, job, active, {
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    })
  }
  if (failed.length > spec.backoffLimit || restarts > spec.backoffLimit) {
    const message = 'Job has reached the specified backoff limit'
    return fail(client, job, active, { reason: 'BackoffLimitExceeded', message })
  }
  const wanted = spec.completions ?? (succeeded > 0 ? succeeded : 1)
  if (succeeded >= wanted && (spec.completions !== undefined || active.length === 0)) {
    return complete(client, job, startTime)
  }
  const missing =
    Math.min(spec.parallelism, spec.completions === undefined ? spec.parallelism : wanted - succeeded) - active.length
  const wait = retryIn(client, failed)
  const resumed =
    spec.suspend === false && conditionOf(job, 'Suspended') ? suspended(client, job, false) : job.status.conditions
  if (missing > 0 && wait > 0) {
    report(client, job, { startTime, conditions: resumed })
    return wait
  }
  for (let count = 0; count < missing; count++) {
    if (!create(client, job)) break
  }
  for (const pod of active.slice(0, Math.max(0, -missing))) client.delete(keys.pods, pod)
  report(client, job, { startTime, conditions: resumed })
  return deadline === undefined ? undefined : Math.max(500, deadline - client.now)
}

/** How long to wait after pods that failed: longer each time. */
function retryIn(client: Client, failed: readonly Pod[]): number {
  if (failed.length === 0) return 0
  const last = Math.max(
    ...failed.map(({ status, metadata }) =>
      Date.parse(status.containerStatuses?.[0]?.state.terminated?.finishedAt ?? metadata.creationTimestamp),
    ),
  )
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failed.length - 1))
  return last + wait - client.now
}

function create(client: Client, job: Job): boolean {
  const { metadata, spec } = job.spec.template
  try {
    const pod = client.create<Pod>(keys.pods, job.metadata.namespace, {
      metadata: {
        generateName: `${job.metadata.name}-`,
        labels: metadata.labels,
        ...(metadata.annotations && { annotations: metadata.annotations }),
        ownerReferences: [ownerOf(job)],
      },
      spec,
    })
    client.event(job, { reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` })
    return true
  } catch (error) {
    if (!isApiStatusError(error)) throw error
    client.event(job, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}` })
    return false
  }
}

function fail(client: Client, job: Job, active: readonly Pod[], why: { reason: string; message: string }): undefined {
  for (const pod of active) client.delete(keys.pods, pod)
  const conditions = [{ type: 'FailureTarget' }, { type: 'Failed' }].reduce<Condition[]>(
    (all, { type }) => withCondition(all, stamp(client, { type, status: 'True', ...why }), client.timestamp),
    job.status.conditions ?? [],
  )
  report(client, job, { conditions })
  client.event(job, { type: 'Warning', ...why })
}

function complete(client: Client, job: Job, startTime: string): number | undefined {
  const why = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
  const conditions = [{ type: 'SuccessCriteriaMet' }, { type: 'Complete' }].reduce<Condition[]>(
    (all, { type }) => withCondition(all, stamp(client, { type, status: 'True', ...why }), client.timestamp),
    job.status.conditions ?? [],
  )
  report(client, job, { startTime, conditions, completionTime: client.timestamp })
  client.event(job, { reason: 'Completed', message: 'Job completed' })
  return job.spec.ttlSecondsAfterFinished === undefined ? undefined : job.spec.ttlSecondsAfterFinished * 1_000
}

function suspended(client: Client, job: Job, isNow: boolean): Condition[] {
  const condition: Condition = isNow
    ? { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }
    : { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }
  return withCondition(job.status.conditions, stamp(client, condition), client.timestamp)
}

function stamp(client: Client, condition: Condition): Condition {
  return { ...condition, lastProbeTime: client.timestamp }
}

function report(client: Client, job: Job, next: Partial<Job['status']>): void {
  const pods = podsOf(client, job)
  const isEnded = next.conditions?.some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )
  const active = isEnded ? [] : pods.filter(isActive)
  const count = (phase: string) => pods.filter(({ status }) => status.phase === phase).length
  const counts = { active: active.length, succeeded: count('Succeeded'), failed: count('Failed') }
  client.changeStatus<Job>(keys.jobs, job, (status) => ({
    ...(status.startTime && { startTime: status.startTime }),
    ...next,
    ...Object.fromEntries(Object.entries(counts).filter(([, each]) => each > 0)),
    ready: active.filter(isReady).length,
    terminating: 0,
    uncountedTerminatedPods: {},
  }))
}
