import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, expect, test } from 'vitest'
import { connectCluster } from './cluster.ts'
import { findOwnWorkload, type OwnWorkload } from './own-workload.ts'

let api: ApiServer
let namespace: string
beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('own')
  const named = (name: string) => ({ metadata: { name } })
  await api.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, named('tools'))
  const containers = [{ name: 'mcp', image: 'mcp:1' }]
  const made = await api.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    ...named('tool-server'),
    spec: {
      selector: { matchLabels: { app: 'mcp' } },
      template: { metadata: { labels: { app: 'mcp' } }, spec: { serviceAccountName: 'tools', containers } },
    },
  })
  expect(made.status).toBe(201)
})

async function ownWorkloadAs(token: string): Promise<OwnWorkload> {
  const config = {
    clusters: [{ name: 'own', server: api.url, caFile: api.caFile, skipTLSVerify: false }],
    users: [{ name: 'own', token }],
    contexts: [{ name: 'own', cluster: 'own', user: 'own' }],
    currentContext: 'own',
  }
  const cluster = connectCluster(config, { name: 'default' })
  return findOwnWorkload(cluster).finally(() => cluster.close())
}

async function tokenOf(boundObjectRef?: object): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/tools/token`
  const { body } = await api.request('POST', path, { spec: { expirationSeconds: 600, boundObjectRef } })
  return (body as { status: { token: string } }).status.token
}

type Pods = { items: { metadata: { name: string; uid: string } }[] }

test('the token of a pod tells its account and the Deployment behind it', async () => {
  requireControllers(api)
  await api.request('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    metadata: { name: 'view' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'tools', namespace }],
  })
  const pods = async () => ((await api.request('GET', `/api/v1/namespaces/${namespace}/pods`)).body as Pods).items
  await expect.poll(pods, { timeout: 20_000 }).toHaveLength(1)
  const [pod] = await pods()
  const token = await tokenOf({ kind: 'Pod', apiVersion: 'v1', ...pod?.metadata })
  await expect
    .poll(() => ownWorkloadAs(token).catch(String), { timeout: 20_000 })
    .toEqual({ serviceAccount: 'tools', deployment: 'tool-server' })
})

test('a token bound to no pod tells the account alone, and who is no account nothing', async () => {
  expect(await ownWorkloadAs(await tokenOf())).toEqual({ serviceAccount: 'tools' })
  expect(await ownWorkloadAs(api.token)).toEqual({})
})
