import type { ApiServer } from '@fairlead/testing/api-server'
import { semanticObject } from '../effect/semantic-object.ts'

const kinds = {
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  Secret: '/api/v1/namespaces/NS/secrets',
  Service: '/api/v1/namespaces/NS/services',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  DaemonSet: '/apis/apps/v1/namespaces/NS/daemonsets',
  CronJob: '/apis/batch/v1/namespaces/NS/cronjobs',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
}

export type ClusterState = Record<string, unknown>

/** Every object of a namespace by `Kind name`, without what the server keeps for itself. */
export async function clusterState(api: ApiServer, namespace: string): Promise<ClusterState> {
  const state: ClusterState = {}
  const answers = Object.entries(kinds).map(async ([kind, path]) => {
    const { body } = await api.request('GET', path.replace('NS', namespace))
    return { kind, body }
  })
  for (const { kind, body } of await Promise.all(answers)) {
    const { apiVersion, items } = body as { apiVersion: string; items: { metadata: { name: string } }[] }
    for (const item of items) {
      state[`${kind} ${item.metadata.name}`] = semanticObject({ ...item, apiVersion, kind })
    }
  }
  return state
}
