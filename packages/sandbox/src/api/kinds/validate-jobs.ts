import { Cron } from 'croner'
import { type Cause, causes } from '../values/api-status-error.ts'
import { isEqual, isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { labelTestOf } from '../values/selectors.ts'
import { notNegative, oneOf, selectorCauses } from './validate-parts.ts'
import { templateCauses } from './validate-pod.ts'

const jobPolicies = ['Never', 'OnFailure']

/** What is wrong with the spec of a Job. */
export function jobCauses(spec: JsonObject, path: string): Cause[] {
  const found: Cause[] = []
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ]) {
    found.push(...notNegative(spec, field, path))
  }
  const template = objectAt(spec, 'template')
  if (path === 'spec') found.push(...jobSelectorCauses(spec, template))
  found.push(...templateCauses(template, `${path}.template`))
  const policy = textAt(template, 'spec', 'restartPolicy')
  if (policy !== undefined && !jobPolicies.includes(policy)) {
    found.push(
      policy === 'Always'
        ? causes.required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')
        : causes.notSupported(`${path}.template.spec.restartPolicy`, policy, ['OnFailure', 'Never']),
    )
  }
  return found
}

/** A Job itself has its selector from its creation on. */
function jobSelectorCauses(spec: JsonObject, template: JsonObject): Cause[] {
  const labels = objectAt(template, 'metadata', 'labels')
  const found = isObject(spec.selector)
    ? selectorCauses(spec.selector, 'spec.selector')
    : [causes.required('spec.selector')]
  if (isObject(spec.selector) && labelTestOf(spec.selector)(labels as Record<string, string>)) return found
  const shown = Object.keys(labels).length > 0 ? labels : null
  found.push(causes.invalid('spec.template.metadata.labels', shown, '`selector` does not match template `labels`'))
  return found
}

/** What of a Job may not change. */
export function jobUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  const next = objectAt(object, 'spec')
  const before = objectAt(old, 'spec')
  const found: Cause[] = []
  const isWaiting = before.suspend === true && textAt(old, 'status', 'startTime') === undefined
  for (const field of [
    'completions',
    'selector',
    'template',
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
  ]) {
    if (field === 'completions' && before.completionMode === 'Indexed') continue
    if (field === 'template' && isWaiting) continue
    if (!isEqual(next[field], before[field]))
      found.push(causes.invalid(`spec.${field}`, next[field], 'field is immutable'))
  }
  const pod = objectAt(next, 'template', 'spec')
  if (isWaiting && !isEqual(withoutPlacement(pod), withoutPlacement(objectAt(before, 'template', 'spec'))))
    found.push(causes.invalid('spec.template.spec', pod, 'field is immutable'))
  return found
}

/** The pods of a Job without what may still be chosen before it begins: where they run, and with how much. */
function withoutPlacement({ nodeSelector: _, tolerations: __, schedulingGates: ___, ...spec }: JsonObject): Json {
  const { nodeAffinity: ____, ...affinity } = objectAt(spec, 'affinity')
  const bare = (list: readonly Json[]) => list.map((each) => ({ ...objectAt(each), resources: null }))
  const containers = bare(listAt(spec, 'containers'))
  return { ...spec, affinity, containers, initContainers: bare(listAt(spec, 'initContainers')) }
}

/** What is wrong with a CronJob. */
export function cronJobCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const found: Cause[] = []
  const schedule = textAt(spec, 'schedule') ?? ''
  const name = textAt(object, 'metadata', 'name') ?? ''
  if (schedule === '') found.push(causes.required('spec.schedule'))
  else if (!isSchedule(schedule)) {
    const fields = schedule.trim().split(/\s+/).length
    const why =
      fields === 5
        ? `failed to parse int from ${schedule.split(/\s+/).find((each) => !/^[\d*,/-]+$/.test(each)) ?? ''}`
        : `expected exactly 5 fields, found ${fields}: [${schedule.trim().split(/\s+/).join(' ')}]`
    found.push(causes.invalid('spec.schedule', schedule, why))
  }
  found.push(...notNegative(spec, 'startingDeadlineSeconds', 'spec'))
  const policy = textAt(spec, 'concurrencyPolicy')
  found.push(...oneOf(policy, ['Allow', 'Forbid', 'Replace'], 'spec.concurrencyPolicy'))
  found.push(...jobCauses(objectAt(spec, 'jobTemplate', 'spec'), 'spec.jobTemplate.spec'))
  found.push(
    ...notNegative(spec, 'successfulJobsHistoryLimit', 'spec'),
    ...notNegative(spec, 'failedJobsHistoryLimit', 'spec'),
  )
  if (name.length > 52) found.push(causes.invalid('metadata.name', name, 'must be no more than 52 characters'))
  return found
}

function isSchedule(schedule: string): boolean {
  if (schedule.startsWith('@'))
    return /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/.test(schedule)
  if (schedule.trim().split(/\s+/).length !== 5) return false
  try {
    return new Cron(schedule, { paused: true }).nextRun() !== undefined
  } catch {
    return false
  }
}
