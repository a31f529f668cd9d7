import { pointerOf } from '../json/json-pointer.ts'
import type { EffectObject } from './effect.ts'

type Kind = Pick<EffectObject, 'apiVersion' | 'kind'>

/** Where the kinds of Kubernetes that run pods keep the spec of them. */
const podSpecs: Readonly<Record<string, string>> = {
  'v1 Pod': '/spec',
  'v1 PodTemplate': '/template/spec',
  'v1 ReplicationController': '/spec/template/spec',
  'apps/v1 Deployment': '/spec/template/spec',
  'apps/v1 ReplicaSet': '/spec/template/spec',
  'apps/v1 StatefulSet': '/spec/template/spec',
  'apps/v1 DaemonSet': '/spec/template/spec',
  'batch/v1 Job': '/spec/template/spec',
  'batch/v1 CronJob': '/spec/jobTemplate/spec/template/spec',
}
/**
 * Lists of a pod's spec whose order means nothing. That of containers does: they start one after the other. So does that
 * of host aliases, where the first of a name is taken, and of pull secrets, which are tried in turn.
 */
const ofPods =
  /^\/(?:volumes|tolerations|(?:initC|ephemeralC|c)ontainers\/\d+\/(?:ports|volumeMounts|volumeDevices|(env)))$/

const ofBindings = new Set([
  'rbac.authorization.k8s.io/v1 RoleBinding',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
])

/**
 * Whether only the order of a list differs, and means nothing to the API. Of kinds that are not Kubernetes' own nobody
 * knows; the first port of a Service is the one that pods are told of.
 */
export function isInsignificantOrder(
  { apiVersion, kind }: Kind,
  tokens: readonly string[],
  sides: readonly unknown[],
): boolean {
  const type = `${apiVersion} ${kind}`
  const path = pointerOf(tokens)
  if (ofBindings.has(type)) return path === '/subjects'
  const spec = Object.hasOwn(podSpecs, type) ? podSpecs[type] : undefined
  if (spec === undefined || !path.startsWith(spec)) return false
  const found = ofPods.exec(path.slice(spec.length))
  if (found === null) return false
  // A variable may refer to one that stands before it.
  return found[1] === undefined || !JSON.stringify(sides).includes('$(')
}
