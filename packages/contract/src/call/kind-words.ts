/** A resource type as people say it, of one object and of several. */
export type Named = { one: string; many: string }

const kinds = `Pod po, Deployment deploy, ReplicaSet rs, StatefulSet sts, DaemonSet ds, Job, CronJob cj, Service svc,
Ingress ing, NetworkPolicy netpol, ConfigMap cm, Secret, ServiceAccount sa, Namespace ns, Node no, Event ev,
PersistentVolume pv, PersistentVolumeClaim pvc, StorageClass sc, HorizontalPodAutoscaler hpa, PodDisruptionBudget pdb,
ResourceQuota quota, LimitRange limits, Endpoints ep, EndpointSlice, Role, RoleBinding, ClusterRole, ClusterRoleBinding,
CustomResourceDefinition crd, Rollout ro, Lease, PriorityClass pc`

const byName = new Map<string, Named>()
for (const entry of kinds.split(/,\s/)) {
  const one = entry.replace(/ .*/, '')
  const many = plural(one)
  for (const name of [many, ...entry.split(' ')]) byName.set(name.toLowerCase(), { one, many })
}

/** By kind, resource or short name, its group left out. A type that is not known keeps its own word. */
export function namedKind(type: string): Named {
  const name = type.replace(/\..*/, '')
  return byName.get(name.toLowerCase()) ?? { one: type, many: type }
}

function plural(kind: string): string {
  if (kind.endsWith('ss')) return `${kind}es`
  if (kind.endsWith('s')) return kind
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`
}
