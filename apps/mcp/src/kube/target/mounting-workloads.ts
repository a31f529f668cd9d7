import { keySourceOf } from '../../effect/highlights/execution/key-sources.ts'
import { groupOf } from '../../effect/highlights/parts.ts'
import { podsOf } from '../../effect/highlights/pods.ts'
import type { Unseen } from '../../effect/highlights/unseen.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { ObjectPlan } from '../../target/plan.ts'
import type { ApiResource } from '../discovery/api-resource.ts'
import type { Kube } from '../kube.ts'
import { unlessRefused } from './unless-refused.ts'

/** What keeps a pod in itself. */
const kinds = [
  { kind: 'Deployment', group: 'apps' },
  { kind: 'StatefulSet', group: 'apps' },
  { kind: 'DaemonSet', group: 'apps' },
  { kind: 'ReplicaSet', group: 'apps' },
  { kind: 'ReplicationController', group: '' },
  { kind: 'Rollout', group: 'argoproj.io' },
  { kind: 'CronJob', group: 'batch' },
  { kind: 'Job', group: 'batch' },
  { kind: 'Pod', group: '' },
]

/** Of a kind in a namespace. */
const MAX_WORKLOADS = 500

/** What is in the cluster and is given by name what would be written: its commands say which keys of it run. */
export async function mountingWorkloads(
  kube: Kube,
  objectPlans: readonly ObjectPlan[],
): Promise<{ found: KubeObject[]; unseen: Unseen[] }> {
  const written = objectPlans.flatMap(({ after, ref: { namespace } }, object) => {
    const source = after === undefined ? undefined : keySourceOf(after)
    return source === undefined || namespace === undefined ? [] : [{ ...source, namespace, object }]
  })
  if (written.length === 0) return { found: [], unseen: [] }
  const served = await kube.resources()
  const resources = kinds.flatMap(
    ({ kind, group }) => served.find((each) => each.kind === kind && each.group === group) ?? [],
  )
  const namespaces = [...new Set(written.map(({ namespace }) => namespace))]
  const lists = await Promise.all(
    namespaces.flatMap((namespace) => resources.map((resource) => listIn(kube, resource, namespace))),
  )
  const names = written.map(({ name }) => name)
  return {
    found: lists.flatMap(({ items }) => items).filter((object) => !isMadeByAnother(object) && mounts(object, names)),
    unseen: written.flatMap(({ namespace, object }) =>
      missed(
        namespace,
        lists.filter((each) => each.namespace === namespace),
      ).map((fact) => ({ object, fact })),
    ),
  }
}

type Listed = {
  kind: string
  namespace: string
  items: readonly KubeObject[]
  isCut?: boolean
  refusal?: string
}

async function listIn(kube: Kube, resource: ApiResource, namespace: string): Promise<Listed> {
  const { kind } = resource
  const list = await unlessRefused(() => kube.list(resource, { namespace, atMost: MAX_WORKLOADS }))
  if ('refusal' in list) return { kind, namespace, items: [], refusal: list.refusal }
  return { kind, namespace, items: list.items, isCut: (list.metadata.continue ?? '') !== '' }
}

/** Why not all is known that runs what is written in a namespace. */
function missed(namespace: string, lists: readonly Listed[]): string[] {
  const kindsOf = (some: readonly Listed[]) => some.map(({ kind }) => kind).join(', ')
  const cut = lists.filter(({ isCut }) => isCut)
  const refused = lists.filter(({ refusal }) => refusal !== undefined)
  const why = [...new Set(refused.map(({ refusal }) => refusal))].join(', ')
  return [
    ...(cut.length > 0
      ? [
          `only the first ${MAX_WORKLOADS} of kind ${kindsOf(cut)} in ${namespace} were looked at for what they run of it`,
        ]
      : []),
    ...(refused.length > 0
      ? [`what runs it in ${namespace} is not known of kind ${kindsOf(refused)}, which could not be read: ${why}`]
      : []),
  ]
}

/** Its owner is read itself, unless it is of a kind that is not read here. */
function isMadeByAnother({ metadata }: KubeObject): boolean {
  return (
    metadata.ownerReferences?.some(
      ({ controller, kind, apiVersion }) =>
        controller && kinds.some((each) => each.kind === kind && each.group === groupOf({ apiVersion })),
    ) ?? false
  )
}

/** Few do, and only those are kept. */
function mounts(object: KubeObject, names: readonly string[]): boolean {
  const pods = JSON.stringify(podsOf(object).map(({ spec }) => spec.value))
  return names.some((name) => pods.includes(JSON.stringify(name)))
}
