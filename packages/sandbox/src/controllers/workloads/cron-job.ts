import { Cron } from 'croner'
import { isApiStatusError } from '../../api/values/api-status-error.ts'
import { type Client, isControlledBy, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { conditionOf } from '../runtime/pod-state.ts'
import { type Controller, itself, ownersOf } from '../runtime/run-controllers.ts'
import type { CronJob, Job } from '../runtime/shapes.ts'
import { isFinished } from './job.ts'

const SOONEST_MS = 500

/** Makes Jobs at the times of a schedule. */
export function cronJobs(client: Client): Controller {
  return {
    name: 'cronjob',
    wakes(event) {
      if (event.resource === keys.cronJobs) return itself(event)
      return event.resource === keys.jobs ? ownersOf(event, 'CronJob') : []
    },
    reconcile(namespace, name) {
      const cron = client.get<CronJob>(keys.cronJobs, namespace, name)
      if (cron === undefined || cron.metadata.deletionTimestamp !== undefined) return undefined
      const since = Date.parse(cron.status.lastScheduleTime ?? cron.metadata.creationTimestamp)
      const due = latestDue(cron, since, client.now)
      let lastScheduleTime = cron.status.lastScheduleTime
      if (due !== undefined && !cron.spec.suspend && start(client, cron, due)) {
        lastScheduleTime = `${new Date(due).toISOString().slice(0, 19)}Z`
      }
      tidy(client, cron)
      report(client, cron, lastScheduleTime)
      const next = scheduleOf(cron).nextRun(new Date(client.now))
      return next ? Math.max(SOONEST_MS, next.getTime() - client.now) : undefined
    },
  }
}

function scheduleOf({ spec }: CronJob): Cron {
  return new Cron(spec.schedule, { paused: true, timezone: spec.timeZone ?? 'UTC' })
}

/** The latest time of the schedule that has come and was not served. */
function latestDue(cron: CronJob, since: number, now: number): number | undefined {
  const schedule = scheduleOf(cron)
  let due: number | undefined
  let next = schedule.nextRun(new Date(since))
  for (let count = 0; next && next.getTime() <= now && count < 100; count++) {
    due = next.getTime()
    next = schedule.nextRun(next)
  }
  return due
}

function jobsOf(client: Client, cron: CronJob): Job[] {
  return client.list<Job>(keys.jobs, cron.metadata.namespace).filter((each) => isControlledBy(each, cron))
}

function start(client: Client, cron: CronJob, due: number): boolean {
  const running = jobsOf(client, cron).filter((each) => !isFinished(each))
  if (running.length > 0 && cron.spec.concurrencyPolicy === 'Forbid') {
    client.event(cron, {
      reason: 'JobAlreadyActive',
      message: 'Not starting job because prior execution is running and concurrency policy is Forbid',
    })
    return false
  }
  if (cron.spec.concurrencyPolicy === 'Replace') {
    for (const job of running) client.delete(keys.jobs, job, { propagationPolicy: 'Background' })
  }
  const { metadata = {}, spec } = cron.spec.jobTemplate
  const name = `${cron.metadata.name}-${Math.floor(due / 60_000)}`
  const annotations = {
    ...metadata.annotations,
    'batch.kubernetes.io/cronjob-scheduled-timestamp': `${new Date(due).toISOString().slice(0, 19)}Z`,
  }
  try {
    client.create(keys.jobs, cron.metadata.namespace, {
      metadata: {
        name,
        ...(metadata.labels && { labels: metadata.labels }),
        annotations,
        ownerReferences: [ownerOf(cron)],
      },
      spec,
    })
    client.event(cron, { reason: 'SuccessfulCreate', message: `Created job ${name}` })
  } catch (error) {
    if (!isApiStatusError(error)) throw error
    if (error.code !== 409)
      client.event(cron, { type: 'Warning', reason: 'FailedCreate', message: `Error creating job: ${error.message}` })
  }
  return true
}

/** Keeps as many finished Jobs as the limits say. */
function tidy(client: Client, cron: CronJob): void {
  const finished = jobsOf(client, cron).filter(isFinished)
  const byAge = (left: Job, right: Job) => (left.metadata.name < right.metadata.name ? -1 : 1)
  const limits = { Complete: cron.spec.successfulJobsHistoryLimit, Failed: cron.spec.failedJobsHistoryLimit }
  for (const [type, most] of Object.entries(limits)) {
    const all = finished.filter((each) => conditionOf(each, type)?.status === 'True').toSorted(byAge)
    for (const job of all.slice(0, Math.max(0, all.length - most))) {
      client.delete(keys.jobs, job, { propagationPolicy: 'Background' })
    }
  }
}

function report(client: Client, cron: CronJob, lastScheduleTime: string | undefined): void {
  const all = jobsOf(client, cron)
  const active = all
    .filter((each) => !isFinished(each))
    .map(({ apiVersion, kind, metadata: { namespace, name, uid, resourceVersion } }) => ({
      apiVersion,
      kind,
      namespace,
      name,
      uid,
      resourceVersion,
    }))
  const lastSuccessfulTime = all
    .map(({ status }) => status.completionTime ?? '')
    .toSorted()
    .at(-1)
  client.changeStatus<CronJob>(keys.cronJobs, cron, (status) => ({
    ...(active.length > 0 && { active }),
    ...(lastScheduleTime && { lastScheduleTime }),
    ...(lastSuccessfulTime
      ? { lastSuccessfulTime }
      : status.lastSuccessfulTime && { lastSuccessfulTime: status.lastSuccessfulTime }),
  }))
}
