import type { Plan } from '../plan/plan.ts'
import type { Ref } from './objects.ts'
import { totalIn } from './part.ts'
import { type Scope, scopeArgs } from './scope.ts'
import { type Row, rowsIn, typeIn } from './tables.ts'

/** What there is in the cluster, by name: what the words of a question are matched against. */
export type Survey = {
  namespaces: readonly string[]
  objects: readonly Ref[]
  /** There are more objects than could be named. */
  isPart: boolean
  failure?: string
}

const KINDS = 'deployments,statefulsets,daemonsets,jobs,cronjobs,services'
export const surveyed: ReadonlySet<string> = new Set(KINDS.split(','))

export const kindNames: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  job: 'Job',
  cronjob: 'CronJob',
  service: 'Service',
  pod: 'Pod',
  configmap: 'ConfigMap',
  secret: 'Secret',
  replicaset: 'ReplicaSet',
  node: 'Node',
  resourcequota: 'ResourceQuota',
}

/** Reads names and nothing more: of the namespaces, of what runs in them (or in one of them), and of what leads there. */
export function* survey(scope: Scope = 'all'): Plan<Survey> {
  const [spaces, things] = yield {
    calls: [
      { tool: 'k8s_get', args: { resource_type: 'namespaces', output: 'name' } },
      { tool: 'k8s_get', args: { resource_type: KINDS, ...scopeArgs(scope) } },
    ],
  }
  const failed = [spaces, things].find((reply) => reply?.kind !== 'answered')
  const namespaces = (spaces?.kind === 'answered' ? spaces.text : '')
    .split('\n')
    .flatMap((line) => /^namespace\/(\S+)$/.exec(line)?.[1] ?? [])
  const objects = (things?.kind === 'answered' ? rowsIn(things.text) : []).flatMap((row) => refIn(row, scope) ?? [])
  const isPart = totalIn(things?.text ?? '') !== undefined
  return { namespaces, objects, isPart, ...(failed !== undefined && { failure: failed.text }) }
}

function refIn(row: Row, scope: Scope): Ref | undefined {
  const { type, name } = typeIn(row, '')
  const kind = kindNames[type]
  const namespace = scope === 'all' ? row.NAMESPACE : scope
  return kind === undefined || name === '' ? undefined : { kind, name, ...(namespace && { namespace }) }
}

/** Namespaces of the cluster itself: looked at only when they are named. */
export function isOfTheSystem(namespace: string): boolean {
  return /^kube-(?:system|public|node-lease)$/.test(namespace)
}

/** Kinds that are in no namespace, by their plural. */
export function isOfTheCluster(kinds: string): boolean {
  return kinds === 'nodes' || kinds === 'namespaces'
}
