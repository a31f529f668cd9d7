import { kubernetes } from '../schema/kubernetes.ts'
import type { Cluster } from '../store/cluster.ts'
import type { JsonObject } from '../values/json.ts'
import { createObject } from './create-object.ts'

const itself = { user: { name: 'system:apiserver', groups: ['system:masters'] }, userAgent: 'kube-apiserver' }

/** What a cluster has from its first moment: namespaces and roles. Leaves alone what is there already. */
export function bootstrap(cluster: Cluster): void {
  const make = (group: string, version: string, plural: string, objects: readonly JsonObject[], namespace = '') => {
    const resource = cluster.resources.find(group, version, plural)
    if (resource === undefined) return
    for (const object of objects) {
      const name = (object.metadata as JsonObject).name
      if (cluster.store.get(`${group}/${plural}`, namespace, String(name))) continue
      createObject(cluster, { resource, namespace }, object, { asker: itself })
    }
  }
  const names = ['default', 'kube-node-lease', 'kube-public', 'kube-system']
  make(
    '',
    'v1',
    'namespaces',
    names.map((name) => ({ metadata: { name } })),
  )
  const rbac = 'rbac.authorization.k8s.io'
  make(rbac, 'v1', 'clusterroles', kubernetes.clusterRoles)
  make(rbac, 'v1', 'clusterrolebindings', kubernetes.clusterRoleBindings)
}
