import { isEqual, isObject, type JsonObject, objectAt, textAt } from '../values/json.ts'
import { byDefault, setPodSpecDefaults } from './pod-defaults.ts'
import type { Strategy } from './strategy.ts'
import { cronJobCauses, jobCauses, jobUpdateCauses } from './validate-jobs.ts'
import { statefulNames, workloadCauses, workloadUpdateCauses } from './validate-workloads.ts'

/** The object that stands there; an empty one is put there when none does. */
function objectIn(parent: JsonObject, key: string): JsonObject {
  const found = parent[key]
  const inside = isObject(found) ? found : {}
  parent[key] = inside
  return inside
}

function specOf(object: JsonObject): JsonObject {
  return objectIn(object, 'spec')
}

function setTemplateDefaults(spec: JsonObject): void {
  const template = objectIn(spec, 'template')
  if (!isObject(template.metadata)) template.metadata = {}
  if (!isObject(template.spec)) template.spec = { containers: null }
  setPodSpecDefaults(template.spec)
}

const deployment: Strategy = {
  hasGeneration: true,
  countsAnnotations: true,
  validate: (object) => workloadCauses(object, 'Deployment'),
  validateUpdate: (object, old) => workloadUpdateCauses(object, old, 'Deployment'),
  setDefaults(object) {
    const spec = specOf(object)
    setTemplateDefaults(spec)
    byDefault(spec, 'replicas', 1)
    byDefault(spec, 'revisionHistoryLimit', 10)
    byDefault(spec, 'progressDeadlineSeconds', 600)
    const strategy = objectIn(spec, 'strategy')
    byDefault(strategy, 'type', 'RollingUpdate')
    if (strategy.type !== 'RollingUpdate') return
    const rolling = objectIn(strategy, 'rollingUpdate')
    byDefault(rolling, 'maxUnavailable', '25%')
    byDefault(rolling, 'maxSurge', '25%')
  },
}

const replicaSet: Strategy = {
  hasGeneration: true,
  validate: (object) => workloadCauses(object, 'ReplicaSet'),
  validateUpdate: (object, old) => workloadUpdateCauses(object, old, 'ReplicaSet'),
  setDefaults(object) {
    const spec = specOf(object)
    setTemplateDefaults(spec)
    byDefault(spec, 'replicas', 1)
  },
}

const statefulSet: Strategy = {
  hasGeneration: true,
  nameRule: statefulNames,
  validate: (object) => workloadCauses(object, 'StatefulSet'),
  validateUpdate: (object, old) => workloadUpdateCauses(object, old, 'StatefulSet'),
  setDefaults(object) {
    const spec = specOf(object)
    setTemplateDefaults(spec)
    byDefault(spec, 'podManagementPolicy', 'OrderedReady')
    const strategy = objectIn(spec, 'updateStrategy')
    byDefault(strategy, 'type', 'RollingUpdate')
    if (strategy.type === 'RollingUpdate') {
      const rolling = objectIn(strategy, 'rollingUpdate')
      byDefault(rolling, 'partition', 0)
    }
    const retention = objectIn(spec, 'persistentVolumeClaimRetentionPolicy')
    byDefault(retention, 'whenDeleted', 'Retain')
    byDefault(retention, 'whenScaled', 'Retain')
    byDefault(spec, 'replicas', 1)
    byDefault(spec, 'revisionHistoryLimit', 10)
    for (const claim of Array.isArray(spec.volumeClaimTemplates) ? spec.volumeClaimTemplates : []) {
      if (!isObject(claim)) continue
      claim.kind = 'PersistentVolumeClaim'
      claim.apiVersion = 'v1'
      if (isObject(claim.spec)) byDefault(claim.spec, 'volumeMode', 'Filesystem')
      claim.status = { phase: 'Pending' }
    }
  },
}

const daemonSet: Strategy = {
  hasGeneration: true,
  validate: (object) => workloadCauses(object, 'DaemonSet'),
  validateUpdate: (object, old) => workloadUpdateCauses(object, old, 'DaemonSet'),
  setDefaults(object) {
    const metadata = objectAt(object, 'metadata')
    const annotations: JsonObject = { ...objectAt(metadata, 'annotations') }
    byDefault(annotations, 'deprecated.daemonset.template.generation', '1')
    metadata.annotations = annotations
    const spec = specOf(object)
    setTemplateDefaults(spec)
    const strategy = objectIn(spec, 'updateStrategy')
    byDefault(strategy, 'type', 'RollingUpdate')
    if (strategy.type === 'RollingUpdate') {
      const rolling = objectIn(strategy, 'rollingUpdate')
      byDefault(rolling, 'maxUnavailable', 1)
      byDefault(rolling, 'maxSurge', 0)
    }
    byDefault(spec, 'revisionHistoryLimit', 10)
  },
  prepareUpdate(object, old) {
    const key = 'deprecated.daemonset.template.generation'
    const before = Number(textAt(old, 'metadata', 'annotations', key) ?? '0')
    const changed =
      JSON.stringify(objectAt(object, 'spec', 'template')) !== JSON.stringify(objectAt(old, 'spec', 'template'))
    const metadata = objectAt(object, 'metadata')
    metadata.annotations = { ...objectAt(metadata, 'annotations'), [key]: String(changed ? before + 1 : before) }
  },
}

function setJobDefaults(spec: JsonObject): void {
  setTemplateDefaults(spec)
  if (spec.completions === undefined && spec.parallelism === undefined) {
    spec.completions = 1
    spec.parallelism = 1
  }
  byDefault(spec, 'parallelism', 1)
  byDefault(spec, 'backoffLimit', 6)
  byDefault(spec, 'completionMode', 'NonIndexed')
  byDefault(spec, 'suspend', false)
  byDefault(spec, 'manualSelector', false)
  byDefault(spec, 'podReplacementPolicy', spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed')
}

const job: Strategy = {
  hasGeneration: true,
  orphansByDefault: true,
  validate: (object) => jobCauses(objectAt(object, 'spec'), 'spec'),
  validateUpdate: jobUpdateCauses,
  setDefaults(object) {
    const spec = specOf(object)
    const template = isObject(spec.template) ? spec.template : {}
    setJobDefaults(spec)
    const labels = objectAt(template, 'metadata', 'labels')
    if (Object.keys(labels).length > 0 && Object.keys(objectAt(object, 'metadata', 'labels')).length === 0) {
      objectAt(object, 'metadata').labels = { ...labels }
    }
  },
  prepareCreate(object) {
    const spec = specOf(object)
    if (spec.manualSelector === true) return
    const metadata = objectAt(object, 'metadata')
    const uid = textAt(metadata, 'uid') ?? ''
    const name = textAt(metadata, 'name') ?? ''
    const template = objectAt(spec, 'template')
    const head = objectIn(template, 'metadata')
    // Labels that were taken from the template are one and the same map, so the object has these too.
    const isShared = isSharedLabels(metadata, head)
    head.labels = {
      ...objectAt(head, 'labels'),
      'controller-uid': uid,
      'job-name': name,
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
    }
    if (isShared) metadata.labels = { ...head.labels }
    spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
  },
}

function isSharedLabels(metadata: JsonObject, template: JsonObject): boolean {
  const own = objectAt(metadata, 'labels')
  return isEqual(own, objectAt(template, 'labels'))
}

const cronJob: Strategy = {
  hasGeneration: true,
  validate: cronJobCauses,
  setDefaults(object) {
    const spec = specOf(object)
    byDefault(spec, 'concurrencyPolicy', 'Allow')
    byDefault(spec, 'suspend', false)
    byDefault(spec, 'successfulJobsHistoryLimit', 3)
    byDefault(spec, 'failedJobsHistoryLimit', 1)
    const inner = objectAt(spec, 'jobTemplate').spec
    if (isObject(inner) && isObject(inner.template)) setPodSpecDefaults(objectAt(inner, 'template', 'spec'))
  },
}

export const workloadStrategies: Record<string, Strategy> = {
  'apps/deployments': deployment,
  'apps/replicasets': replicaSet,
  'apps/statefulsets': statefulSet,
  'apps/daemonsets': daemonSet,
  'batch/jobs': job,
  'batch/cronjobs': cronJob,
}
