import type { ApiServer } from '@fairlead/testing/api-server'
import { semanticObject } from '../effect/semantic-object.ts'

const kinds = {
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  Secret: '/api/v1/namespaces/NS/secrets',
  Service: '/api/v1/namespaces/NS/services',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
}

export type ClusterState = Record<string, unknown>

/** Every object of a namespace by `Kind name`, without what the server keeps for itself. */
export async function clusterState(api: ApiServer, namespace: string): Promise<ClusterState> {
  const state: ClusterState = {}
  for (const [kind, path] of Object.entries(kinds)) {
    const { body } = await api.request('GET', path.replace('NS', namespace))
    for (const item of (body as { items: { metadata: { name: string } }[] }).items) {
      state[`${kind} ${item.metadata.name}`] = semanticObject({ ...item, kind })
    }
  }
  return state
}
