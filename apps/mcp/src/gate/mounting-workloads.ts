import { podsOf } from '../effect/highlights/pods.ts'
import type { ApiResource } from '../kube/api-resource.ts'
import type { Kube } from '../kube/kube.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import { ToolError } from '../tool-error.ts'
import type { Look } from './plan.ts'

/** What keeps a pod in itself, and is made by nobody else. */
const kinds = [
  { kind: 'Deployment', group: 'apps' },
  { kind: 'StatefulSet', group: 'apps' },
  { kind: 'DaemonSet', group: 'apps' },
  { kind: 'CronJob', group: 'batch' },
  { kind: 'Job', group: 'batch' },
  { kind: 'Pod', group: '' },
]

const MOST = 500

/**
 * What is in the cluster and is given a ConfigMap that would be written: its commands say which keys of it run. At most
 * 500 of each kind are looked at; kinds that may not be read are not known.
 */
export async function mountingWorkloads(kube: Kube, looks: readonly Look[]): Promise<KubeObject[]> {
  const written = looks.filter(({ after }) => after?.apiVersion === 'v1' && after.kind === 'ConfigMap')
  if (written.length === 0) return []
  const served = await kube.resources()
  const resources = kinds.flatMap(
    ({ kind, group }) => served.find((each) => each.kind === kind && each.group === group) ?? [],
  )
  const namespaces = [...new Set(written.flatMap(({ ref }) => ref.namespace ?? []))]
  const listed = await Promise.all(
    namespaces.flatMap((namespace) => resources.map((resource) => listIn(kube, resource, namespace))),
  )
  const names = written.map(({ ref }) => ref.name)
  return listed.flat().filter((object) => !isMadeByAnother(object) && mounts(object, names))
}

async function listIn(kube: Kube, resource: ApiResource, namespace: string): Promise<readonly KubeObject[]> {
  try {
    return (await kube.list(resource, { namespace, atMost: MOST })).items
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'Cancelled' && error.code !== 'Timeout') return []
    throw error
  }
}

/** What made it is looked at itself. */
function isMadeByAnother({ metadata }: KubeObject): boolean {
  return metadata.ownerReferences?.some(({ controller }) => controller) ?? false
}

/** Few do: of the others nothing is kept in hand. */
function mounts(object: KubeObject, names: readonly string[]): boolean {
  const pods = JSON.stringify(podsOf(object).map(({ spec }) => spec.value))
  return names.some((name) => pods.includes(JSON.stringify(name)))
}
