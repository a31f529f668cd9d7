import type { Basis, Change, ObjectRef, Risk } from '@fairlead/contract/effect/effect'
import { nameForPeople } from './effect-object.ts'
import { groupOf } from './highlights/parts.ts'
import { isReplicas } from './highlights/size.ts'
import { isRecord } from './is-record.ts'

/** One line of the risk table that fits, and the sentence that says why to the approver. */
export type RiskSignal = { risk: Risk; reason: string }

const order: readonly Risk[] = ['low', 'medium', 'high']

/** The highest line that fits; all that fit are said, the gravest first. */
export function combinedRisk(signals: readonly RiskSignal[]): { risk: Risk; reasons: string[] } {
  const highestFirst = signals.toSorted((left, right) => order.indexOf(right.risk) - order.indexOf(left.risk))
  return {
    risk: highestFirst[0]?.risk ?? 'low',
    reasons: [...new Set(highestFirst.map(({ reason }) => reason))],
  }
}

/** What an approver must know about the effect as a whole, whichever tool it comes from. */
export function effectSignals(effect: { basis: Basis; objects: readonly unknown[] }): RiskSignal[] {
  const signals: RiskSignal[] = []
  if (effect.basis !== 'server') signals.push({ risk: 'medium', reason: basisReasons[effect.basis] })
  if (effect.objects.length > 20) {
    signals.push({ risk: 'high', reason: `changes ${effect.objects.length} objects at once` })
  }
  return signals
}

const basisReasons = {
  computed: 'the effect was computed here, the API server did not try it out',
  external: 'the effect lies outside the cluster and cannot be tried out',
  unknown: 'nobody vouches for the effect of this tool',
} as const

/** An object of an effect before its values were hidden. */
export type RatedObject = {
  ref: ObjectRef
  action: string
  before?: unknown
  changes: readonly Change[]
  replicasPath?: string
}

/** What an approver must know about one object, whichever tool writes it. */
export function objectSignals(object: RatedObject, protectedNamespaces: ReadonlySet<string>): RiskSignal[] {
  const { ref, action } = object
  const subject = nameForPeople(ref)
  return [
    ...placeSignals(ref, subject, protectedNamespaces),
    ...(action === 'delete' ? [deletionSignal(ref, subject)] : []),
    ...(action === 'update' ? updateSignals(object, subject) : []),
  ]
}

function placeSignals(ref: ObjectRef, subject: string, protectedNamespaces: ReadonlySet<string>): RiskSignal[] {
  const group = groupOf(ref)
  const namespace = ref.kind === 'Namespace' && group === '' ? ref.name : ref.namespace
  const signals: RiskSignal[] = []
  if (namespace !== undefined && protectedNamespaces.has(namespace)) {
    signals.push({ risk: 'high', reason: `writes in the protected namespace ${namespace}` })
  }
  if (group === 'rbac.authorization.k8s.io') signals.push({ risk: 'high', reason: `changes access rights: ${subject}` })
  if (group === 'admissionregistration.k8s.io') {
    signals.push({ risk: 'high', reason: `changes what the API server admits: ${subject}` })
  }
  return signals
}

const highRiskDeletions = new Set([
  '/Namespace',
  'apiextensions.k8s.io/CustomResourceDefinition',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  '/Secret',
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/CronJob',
  'batch/Job',
  'argoproj.io/Rollout',
])

function deletionSignal(ref: ObjectRef, subject: string): RiskSignal {
  const isHighRisk = highRiskDeletions.has(`${groupOf(ref)}/${ref.kind}`)
  return { risk: isHighRisk ? 'high' : 'medium', reason: `deletes ${subject}` }
}

function updateSignals({ before, changes, replicasPath }: RatedObject, subject: string): RiskSignal[] {
  const signals: RiskSignal[] = []
  for (const change of changes) {
    if (isReplicas(change, replicasPath)) signals.push(...replicaSignals(change, subject))
  }
  if (changes.some(({ path }) => templatePath(before).test(path))) {
    signals.push({ risk: 'medium', reason: `changes the pods of ${subject}` })
  }
  // The cluster deletes what is owned by nobody that is there: another way to delete it.
  if (changes.some(({ path, after }) => after !== undefined && owners.test(path))) {
    signals.push({ risk: 'high', reason: `gives ${subject} owners, and it is deleted when they are not there` })
  }
  return signals
}

const owners = /^\/metadata\/ownerReferences(\/|$)/

/** A number that was not there is the default of every workload kind: one. */
function replicaSignals({ before = 1, after = 1 }: Change, subject: string): RiskSignal[] {
  if (typeof before !== 'number' || typeof after !== 'number' || after >= before) return []
  if (after === 0) return [{ risk: 'high', reason: `scales ${subject} to 0` }]
  return after <= before / 2
    ? [{ risk: 'medium', reason: `takes half or more of the replicas of ${subject} away` }]
    : []
}

function templatePath(object: unknown): RegExp {
  if (isRecord(object) && object.kind === 'Pod') return /^\/spec\/(initContainers|containers)(\/|$)/
  return /^\/spec\/(template|jobTemplate)(\/|$)/
}
