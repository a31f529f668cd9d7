import type { Clock } from '../../clock.ts'
import { type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { labelsText, selectorText } from '../values/selector-text.ts'
import { ageOf, durationText } from './age.ts'
import type { Cells } from './cells.ts'

function countOf(object: JsonObject, ...path: string[]): number {
  return numberAt(object, ...path) ?? 0
}

function templateCells(object: JsonObject, ...path: string[]): Record<string, Json> {
  const containers = listAt(object, ...path, 'spec', 'containers')
  const joined = (field: string) => containers.map((each) => textAt(each, field) ?? '').join(',')
  return { Containers: joined('name'), Images: joined('image') }
}

export const workloadCells: Record<string, Cells> = {
  'apps/deployments': (object) => ({
    Ready: `${countOf(object, 'status', 'readyReplicas')}/${countOf(object, 'spec', 'replicas')}`,
    'Up-to-date': countOf(object, 'status', 'updatedReplicas'),
    Available: countOf(object, 'status', 'availableReplicas'),
    ...templateCells(object, 'spec', 'template'),
    Selector: selectorText(objectAt(object, 'spec').selector),
  }),
  'apps/replicasets': (object) => ({
    Desired: countOf(object, 'spec', 'replicas'),
    Current: countOf(object, 'status', 'replicas'),
    Ready: countOf(object, 'status', 'readyReplicas'),
    ...templateCells(object, 'spec', 'template'),
    Selector: selectorText(objectAt(object, 'spec').selector),
  }),
  'apps/statefulsets': (object) => ({
    Ready: `${countOf(object, 'status', 'readyReplicas')}/${countOf(object, 'spec', 'replicas')}`,
    ...templateCells(object, 'spec', 'template'),
  }),
  'apps/daemonsets': (object) => ({
    Desired: countOf(object, 'status', 'desiredNumberScheduled'),
    Current: countOf(object, 'status', 'currentNumberScheduled'),
    Ready: countOf(object, 'status', 'numberReady'),
    'Up-to-date': countOf(object, 'status', 'updatedNumberScheduled'),
    Available: countOf(object, 'status', 'numberAvailable'),
    'Node Selector': labelsText(objectAt(object, 'spec', 'template', 'spec').nodeSelector),
    ...templateCells(object, 'spec', 'template'),
    Selector: selectorText(objectAt(object, 'spec').selector),
  }),
  'apps/controllerrevisions': (object) => {
    const owner = listAt(object, 'metadata', 'ownerReferences').find((each) => objectAt(each).controller === true)
    const kind = textAt(owner, 'kind')?.toLowerCase() ?? ''
    const group = (textAt(owner, 'apiVersion') ?? '').split('/').slice(0, -1).join('')
    return {
      Controller: owner ? `${kind}${group ? `.${group}` : ''}/${textAt(owner, 'name')}` : '<none>',
      Revision: countOf(object, 'revision'),
    }
  },
  'batch/jobs': (object, clock) => ({
    Status: jobStatus(object),
    Completions: completions(object),
    Duration: jobDuration(object, clock),
    ...templateCells(object, 'spec', 'template'),
    Selector: selectorText(objectAt(object, 'spec').selector),
  }),
  'batch/cronjobs': (object, clock) => ({
    Schedule: textAt(object, 'spec', 'schedule') ?? '',
    Timezone: textAt(object, 'spec', 'timeZone') ?? '<none>',
    Suspend: objectAt(object, 'spec').suspend === true ? 'True' : 'False',
    Active: listAt(object, 'status', 'active').length,
    'Last Schedule': textAt(object, 'status', 'lastScheduleTime')
      ? ageOf(textAt(object, 'status', 'lastScheduleTime'), clock)
      : '<none>',
    ...templateCells(object, 'spec', 'jobTemplate', 'spec', 'template'),
    Selector: selectorText(objectAt(object, 'spec', 'jobTemplate', 'spec').selector),
  }),
}

function jobStatus(job: JsonObject): string {
  const has = (type: string) =>
    listAt(job, 'status', 'conditions').some(
      (each) => textAt(each, 'type') === type && textAt(each, 'status') === 'True',
    )
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (textAt(job, 'metadata', 'deletionTimestamp')) return 'Terminating'
  if (has('Suspended')) return 'Suspended'
  if (has('FailureTarget')) return 'FailureTarget'
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function completions(job: JsonObject): string {
  const succeeded = countOf(job, 'status', 'succeeded')
  const wanted = numberAt(job, 'spec', 'completions')
  if (wanted !== undefined) return `${succeeded}/${wanted}`
  const parallel = countOf(job, 'spec', 'parallelism')
  return parallel > 1 ? `${succeeded}/1 of ${parallel}` : `${succeeded}/1`
}

function jobDuration(job: JsonObject, clock: Clock): string {
  const start = textAt(job, 'status', 'startTime')
  if (start === undefined) return ''
  const end = textAt(job, 'status', 'completionTime')
  return durationText(((end ? Date.parse(end) : clock.now()) - Date.parse(start)) / 1000)
}
