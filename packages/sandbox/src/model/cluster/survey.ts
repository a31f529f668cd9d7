import type { Plan } from '../plan.ts'
import type { Ref } from './objects.ts'
import { rowsIn } from './tables.ts'

/** What there is in the cluster, by name: what the words of a question are matched against. */
export type Survey = { namespaces: readonly string[]; objects: readonly Ref[]; failure?: string }

const KINDS = 'deployments,statefulsets,daemonsets,jobs,cronjobs,services'

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

/** Reads names and nothing more: of the namespaces, of what runs in them, and of what leads there. */
export function* survey(): Plan<Survey> {
  const [spaces, things] = yield {
    calls: [
      { tool: 'k8s_get', args: { resource_type: 'namespaces', output: 'name' } },
      { tool: 'k8s_get', args: { resource_type: KINDS, all_namespaces: true } },
    ],
  }
  const failed = [spaces, things].find((reply) => reply?.kind !== 'answered')
  const namespaces = (spaces?.kind === 'answered' ? spaces.text : '')
    .split('\n')
    .flatMap((line) => /^namespace\/(\S+)$/.exec(line)?.[1] ?? [])
  const objects = (things?.kind === 'answered' ? rowsIn(things.text) : []).flatMap((row) => refIn(row) ?? [])
  return { namespaces, objects, ...(failed !== undefined && { failure: failed.text }) }
}

function refIn({ NAMESPACE: namespace, NAME: typed = '' }: Readonly<Record<string, string>>): Ref | undefined {
  const [type = '', name = ''] = typed.split('/')
  const kind = kindNames[type.split('.')[0] ?? '']
  return kind === undefined || name === '' ? undefined : { kind, name, ...(namespace && { namespace }) }
}

/** Namespaces of the cluster itself: looked at only when they are named. */
export function isOfTheSystem(namespace: string): boolean {
  return /^kube-(?:system|public|node-lease)$/.test(namespace)
}
