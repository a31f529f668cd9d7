import { type Cause, causes } from '../values/api-status-error.ts'
import { isEqual, isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { labelFaults } from '../values/names.ts'
import { labelTestOf } from '../values/selectors.ts'
import { notNegative, oneOf, selectorCauses, shareCauses } from './validate-parts.ts'
import { podSpecCauses, templateCauses } from './validate-pod.ts'
import { claimSpecCauses } from './validate-storage.ts'

type Kind = 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet'

/** What is wrong with a workload that keeps pods of a template. */
export function workloadCauses(object: JsonObject, kind: Kind): Cause[] {
  const spec = objectAt(object, 'spec')
  const found: Cause[] = []
  if (kind === 'Deployment') found.push(...notNegative(spec, 'replicas', 'spec'))
  if (kind === 'ReplicaSet')
    found.push(...notNegative(spec, 'replicas', 'spec'), ...notNegative(spec, 'minReadySeconds', 'spec'))
  if (kind === 'StatefulSet') found.push(...statefulHead(spec))
  found.push(...selectorOf(spec, kind))
  const template = objectAt(spec, 'template')
  const labels = objectAt(template, 'metadata', 'labels')
  const hasSelector = isObject(spec.selector)
  const isFitting = hasSelector && isSome(spec.selector) && labelTestOf(spec.selector)(labels as Record<string, string>)
  const mismatch = causes.invalid(
    'spec.template.metadata.labels',
    Object.keys(labels).length > 0 ? labels : null,
    '`selector` does not match template `labels`',
  )
  const isWrong = selectorCauses(spec.selector, 'spec.selector').length > 0
  const isCompared = hasSelector ? isSome(spec.selector) && !isWrong : kind === 'Deployment' || kind === 'StatefulSet'
  if (isWrong) found.push(causes.invalid('spec.selector', spec.selector, 'invalid label selector'))
  else if (isCompared && !isFitting) found.push(mismatch)
  found.push(...templateCauses(template, 'spec.template'))
  const policy = textAt(template, 'spec', 'restartPolicy')
  if (policy !== 'Always' && policy !== undefined) {
    found.push(causes.notSupported('spec.template.spec.restartPolicy', policy, ['Always']))
  }
  if (numberAt(template, 'spec', 'activeDeadlineSeconds') !== undefined) {
    found.push(
      causes.forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`),
    )
  }
  if (kind === 'StatefulSet') {
    listAt(spec, 'volumeClaimTemplates').forEach((claim, index) => {
      found.push(...claimSpecCauses(objectAt(claim, 'spec'), `spec.volumeClaimTemplates[${index}].spec`))
    })
  }
  if (kind === 'Deployment') found.push(...deploymentTail(spec))
  if (kind === 'DaemonSet') {
    found.push(...notNegative(spec, 'minReadySeconds', 'spec'))
    found.push(
      ...oneOf(textAt(spec, 'updateStrategy', 'type'), ['OnDelete', 'RollingUpdate'], 'spec.updateStrategy.type'),
    )
    found.push(...notNegative(spec, 'revisionHistoryLimit', 'spec'))
  }
  return found
}

function isSome(selector: Json | undefined): boolean {
  return Object.keys(objectAt(selector, 'matchLabels')).length > 0 || listAt(selector, 'matchExpressions').length > 0
}

function selectorOf(spec: JsonObject, kind: Kind): Cause[] {
  if (!isObject(spec.selector)) return [causes.required('spec.selector')]
  const found = selectorCauses(spec.selector, 'spec.selector')
  if (!isSome(spec.selector)) {
    const set = kind === 'ReplicaSet' ? 'deployment' : kind.toLowerCase()
    found.push(causes.invalid('spec.selector', spec.selector, `empty selector is invalid for ${set}`))
  }
  return found
}

function deploymentTail(spec: JsonObject): Cause[] {
  const found: Cause[] = []
  const type = textAt(spec, 'strategy', 'type')
  const rolling = objectAt(spec, 'strategy').rollingUpdate
  if (type === 'Recreate' && rolling !== undefined) {
    found.push(
      causes.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'"),
    )
  } else if (type === 'RollingUpdate') {
    const { maxSurge, maxUnavailable } = objectAt(rolling)
    found.push(...shareCauses(maxUnavailable, 'spec.strategy.rollingUpdate.maxUnavailable'))
    found.push(...shareCauses(maxSurge, 'spec.strategy.rollingUpdate.maxSurge'))
    const isNone = (share: Json | undefined) => share === 0 || share === '0%'
    if (isNone(maxSurge) && isNone(maxUnavailable)) {
      found.push(
        causes.invalid(
          'spec.strategy.rollingUpdate.maxUnavailable',
          maxUnavailable,
          'may not be 0 when `maxSurge` is 0',
        ),
      )
    }
    if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
      found.push(
        causes.invalid('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'must not be greater than 100%'),
      )
    }
  } else if (type !== 'Recreate') {
    found.push(...oneOf(type, ['Recreate', 'RollingUpdate'], 'spec.strategy.type'))
  }
  found.push(...notNegative(spec, 'minReadySeconds', 'spec'), ...notNegative(spec, 'revisionHistoryLimit', 'spec'))
  const deadline = numberAt(spec, 'progressDeadlineSeconds')
  if (deadline !== undefined) {
    found.push(...notNegative(spec, 'progressDeadlineSeconds', 'spec'))
    if (deadline <= (numberAt(spec, 'minReadySeconds') ?? 0)) {
      found.push(causes.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
    }
  }
  return found
}

function statefulHead(spec: JsonObject): Cause[] {
  const policy = textAt(spec, 'podManagementPolicy')
  const type = textAt(spec, 'updateStrategy', 'type')
  const found: Cause[] = []
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    found.push(
      policy
        ? causes.invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")
        : causes.required('spec.podManagementPolicy'),
    )
  }
  if (type !== 'RollingUpdate' && type !== 'OnDelete') {
    found.push(
      type
        ? causes.invalid(
            'spec.updateStrategy',
            objectAt(spec, 'updateStrategy'),
            "must be 'RollingUpdate' or 'OnDelete'",
          )
        : causes.required('spec.updateStrategy'),
    )
  }
  return [...found, ...notNegative(spec, 'replicas', 'spec'), ...notNegative(spec, 'minReadySeconds', 'spec')]
}

/** What of a workload may not change. */
export function workloadUpdateCauses(object: JsonObject, old: JsonObject, kind: Kind): Cause[] {
  const next = objectAt(object, 'spec')
  const before = objectAt(old, 'spec')
  if (kind === 'StatefulSet') {
    const open = [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      'revisionHistoryLimit',
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ]
    const bare = (spec: JsonObject) => Object.fromEntries(Object.entries(spec).filter(([key]) => !open.includes(key)))
    if (isEqual(bare(next), bare(before))) return []
    return [
      causes.forbidden(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    ]
  }
  if (isEqual(next.selector, before.selector)) return []
  return [causes.invalid('spec.selector', next.selector, 'field is immutable')]
}

export function podCauses(object: JsonObject): Cause[] {
  return podSpecCauses(objectAt(object, 'spec'), 'spec')
}

/** The names of sets become parts of the names and labels of pods. */
export const statefulNames = (name: string, isPrefix: boolean): string[] =>
  name.includes('.') ? ['must not contain dots'] : labelFaults(name, isPrefix)
