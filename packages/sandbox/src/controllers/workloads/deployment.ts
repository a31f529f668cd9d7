import { canonicalText, type Json } from '../../api/values/json.ts'
import { type Client, isControlledBy, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { type Controller, itself, ownersOf } from '../runtime/run-controllers.ts'
import type { Deployment, PodTemplate, ReplicaSet } from '../runtime/shapes.ts'
import { limitsOf } from './deployment-limits.ts'
import { reportDeployment } from './deployment-status.ts'
import { templateHash } from './template-hash.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
const DESIRED = 'deployment.kubernetes.io/desired-replicas'
const MOST = 'deployment.kubernetes.io/max-replicas'
const HISTORY = 'deployment.kubernetes.io/revision-history'
const HASH = 'pod-template-hash'
const notCopied = ['kubectl.kubernetes.io/last-applied-configuration', REVISION, HISTORY, DESIRED, MOST]

/** Rolls the pods of a Deployment from one template to the next, one ReplicaSet for each. */
export function deployments(client: Client): Controller {
  return {
    name: 'deployment',
    wakes(event) {
      if (event.resource === keys.deployments) return itself(event)
      return event.resource === keys.replicaSets ? ownersOf(event, 'Deployment') : []
    },
    reconcile(namespace, name) {
      const deployment = client.get<Deployment>(keys.deployments, namespace, name)
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined
      const sets = setsOf(client, deployment)
      const present = sets.find((each) => isOfTemplate(each, deployment.spec.template))
      const current = deployment.spec.paused ? present : settleRevision(client, deployment, present, sets)
      const old = sets.filter((each) => each.metadata.uid !== current?.metadata.uid)
      if (current) roll(client, deployment, current, old)
      const now = setsOf(client, deployment)
      const newest = now.find((each) => each.metadata.uid === current?.metadata.uid)
      const again = reportDeployment(client, deployment, newest, now)
      tidy(client, deployment, now, newest)
      return again
    },
  }
}

function setsOf(client: Client, deployment: Deployment): ReplicaSet[] {
  return client
    .list<ReplicaSet>(keys.replicaSets, deployment.metadata.namespace)
    .filter((each) => isControlledBy(each, deployment))
}

function isOfTemplate(set: ReplicaSet, template: PodTemplate): boolean {
  return canonicalText(withoutHash(set.spec.template)) === canonicalText(withoutHash(template))
}

function withoutHash({ metadata, spec }: PodTemplate): Json {
  const { [HASH]: _, ...labels } = metadata.labels ?? {}
  return { metadata: { ...metadata, labels }, spec } as unknown as Json
}

function revisionOf(object: ReplicaSet | Deployment): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0)
}

/** The ReplicaSet of the present template, made when there is none, under the highest revision. */
function settleRevision(
  client: Client,
  deployment: Deployment,
  present: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const others = sets.filter((each) => each.metadata.uid !== present?.metadata.uid)
  const newest = Math.max(0, ...others.map(revisionOf))
  const revision = present && revisionOf(present) > newest ? revisionOf(present) : newest + 1
  const copied = Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notCopied.includes(key)),
  )
  const counts = { [DESIRED]: String(deployment.spec.replicas), [MOST]: String(mostOf(deployment)) }
  const current = present
    ? client.change<ReplicaSet>(keys.replicaSets, present, ({ metadata, spec }) => {
        const before = metadata.annotations ?? {}
        const history = [before[HISTORY], before[REVISION]].filter(Boolean).join(',')
        const isRolledBack = before[REVISION] !== String(revision)
        metadata.annotations = {
          ...before,
          ...copied,
          ...counts,
          [REVISION]: String(revision),
          ...(isRolledBack && { [HISTORY]: history }),
        }
        if (deployment.spec.minReadySeconds !== undefined) spec.minReadySeconds = deployment.spec.minReadySeconds
      })
    : create(client, deployment, { ...copied, ...counts, [REVISION]: String(revision) }, others)
  if (deployment.metadata.annotations?.[REVISION] !== String(revision)) {
    const note = ({ metadata }: Deployment) => {
      metadata.annotations = { ...metadata.annotations, [REVISION]: String(revision) }
    }
    // With the status: another annotation of the Deployment itself would be a new generation of it.
    client.change<Deployment>(keys.deployments, deployment, note, 'status')
  }
  return current
}

function create(
  client: Client,
  deployment: Deployment,
  annotations: Record<string, string>,
  others: readonly ReplicaSet[],
): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = templateHash(template)
  const labels = { ...template.metadata.labels, [HASH]: hash }
  const replicas = startingReplicas(deployment, others)
  const name = `${deployment.metadata.name}-${hash}`
  const set = client.create<ReplicaSet>(keys.replicaSets, deployment.metadata.namespace, {
    metadata: { name, labels, annotations, ownerReferences: [ownerOf(deployment)] },
    spec: {
      replicas,
      ...(minReadySeconds && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  })
  if (replicas > 0) said(client, deployment, name, 0, replicas)
  return set
}

function startingReplicas(deployment: Deployment, others: readonly ReplicaSet[]): number {
  const running = total(others)
  if (deployment.spec.strategy.type === 'Recreate')
    return others.some((each) => each.status.replicas > 0) ? 0 : deployment.spec.replicas
  return Math.max(0, Math.min(deployment.spec.replicas, mostOf(deployment) - running))
}

function total(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, each) => sum + each.spec.replicas, 0)
}

function mostOf(deployment: Deployment): number {
  return deployment.spec.replicas + limitsOf(deployment).surge
}

/** One step towards the present template. */
function roll(client: Client, deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): void {
  const { replicas, strategy, paused } = deployment.spec
  if (paused) {
    if (total(old) === 0) scale(client, deployment, current, replicas)
    return
  }
  if (strategy.type === 'Recreate') {
    for (const set of old) scale(client, deployment, set, 0)
    if (old.every((each) => each.status.replicas === 0)) scale(client, deployment, current, replicas)
    return
  }
  if (current.spec.replicas > replicas) {
    scale(client, deployment, current, replicas)
    return
  }
  const free = mostOf(deployment) - total(old) - current.spec.replicas
  if (current.spec.replicas < replicas && free > 0) {
    scale(client, deployment, current, Math.min(replicas, current.spec.replicas + free))
  }
  shrink(client, deployment, current, old)
}

/** Takes pods of older templates away: first those that do not run, then as many as may be missing. */
function shrink(client: Client, deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): void {
  const least = deployment.spec.replicas - limitsOf(deployment).unavailable
  const currentSpec =
    client.get<ReplicaSet>(keys.replicaSets, current.metadata.namespace, current.metadata.name) ?? current
  const pendingNew = currentSpec.spec.replicas - (currentSpec.status.availableReplicas ?? 0)
  let removable = total(old) + currentSpec.spec.replicas - least - pendingNew
  if (removable <= 0) return
  const byAge = old.toSorted((left, right) => revisionOf(left) - revisionOf(right))
  const left = new Map(byAge.map((set) => [set, set.spec.replicas]))
  for (const set of byAge) {
    if (removable <= 0) break
    const unhealthy = Math.max(0, set.spec.replicas - (set.status.availableReplicas ?? 0))
    const count = Math.min(unhealthy, removable)
    left.set(set, set.spec.replicas - count)
    removable -= count
  }
  const available = [...old, currentSpec].reduce((sum, each) => sum + (each.status.availableReplicas ?? 0), 0)
  let spare = available - least
  for (const set of byAge) {
    const count = Math.min(left.get(set) ?? 0, Math.max(0, spare))
    left.set(set, (left.get(set) ?? 0) - count)
    spare -= count
  }
  for (const [set, replicas] of left) scale(client, deployment, set, replicas)
}

function scale(client: Client, deployment: Deployment, set: ReplicaSet, replicas: number): void {
  const before = set.spec.replicas
  const counts = { [DESIRED]: String(deployment.spec.replicas), [MOST]: String(mostOf(deployment)) }
  const isMarked = Object.entries(counts).every(([key, value]) => set.metadata.annotations?.[key] === value)
  if (before === replicas && isMarked) return
  client.change<ReplicaSet>(keys.replicaSets, set, ({ metadata, spec }) => {
    metadata.annotations = { ...metadata.annotations, ...counts }
    spec.replicas = replicas
  })
  if (before !== replicas) said(client, deployment, set.metadata.name, before, replicas)
}

function said(client: Client, deployment: Deployment, set: string, from: number, to: number): void {
  const direction = to > from ? 'up' : 'down'
  const message = `Scaled ${direction} replica set ${set} from ${from} to ${to}`
  client.event(deployment, { reason: 'ScalingReplicaSet', message })
}

/** Old templates are kept up to the limit. */
function tidy(
  client: Client,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newest: ReplicaSet | undefined,
): void {
  const done = sets
    .filter((each) => each !== newest && each.spec.replicas === 0 && each.status.replicas === 0)
    .toSorted((left, right) => revisionOf(left) - revisionOf(right))
  const tooMany = done.length - deployment.spec.revisionHistoryLimit
  for (const set of done.slice(0, Math.max(0, tooMany))) client.delete(keys.replicaSets, set)
}
