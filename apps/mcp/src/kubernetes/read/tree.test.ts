import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { makeApplication, serveApplications } from '../../fixtures/tools/applications.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sTree } from './tree.ts'

describeTool(k8sTree, {
  minimal: { resource_type: 'deployment', name: 'web' },
  good: ({ namespace }) => ({ resource_type: 'deployment', name: 'web', namespace }),
  bad: [
    [
      'type',
      { resource_type: '9' },
      "resource_type \"9\" is not a type. A type has letters, digits, '-' and '.', as in pods, deployments.apps or deployments.v1.apps.",
    ],
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { depth: 4 }, 'depth must be between 1 and 3, got 4.'],
  ],
})

describe('k8s_tree', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof readTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    namespace = await api.newNamespace('tree')
    tools = readTools({ kubeconfig: api.kubeconfig, namespace })
  })

  type Made = { metadata: { name: string; uid: string }; kind: string; apiVersion: string }
  const make = async (path: string, body: Record<string, unknown>): Promise<Made> => {
    const answer = await api.request('POST', path.replace('NS', namespace), body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer.body as Made
  }
  const ownedBy = ({ apiVersion, kind, metadata: { name, uid } }: Made) => [
    { apiVersion, kind, name, uid, controller: true },
  ]
  const configMap = (name: string, metadata: object = {}) =>
    make('/api/v1/namespaces/NS/configmaps', { metadata: { name, ...metadata } })

  it('goes up to the outermost owner and down to a depth, with states', async () => {
    const top = await configMap('top', { annotations: { 'meta.helm.sh/release-name': 'shop' } })
    const middle = await configMap('middle', { ownerReferences: ownedBy(top) })
    const low = await configMap('low', { ownerReferences: ownedBy(middle) })
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } }
    await make('/apis/apps/v1/namespaces/NS/deployments', {
      metadata: { name: 'lower', ownerReferences: ownedBy(middle) },
      spec: { paused: true, replicas: 0, selector: { matchLabels: { a: 'b' } }, template },
    })
    await configMap('lowest', { ownerReferences: ownedBy(low) })
    const shown = async (name: string, depth: number) =>
      (await tools.run(k8sTree, { resource_type: 'configmap', name, depth })).output
        .split('\n')
        .filter((line) => !/ReplicaSet/.test(line))
    expect(await shown('middle', 1)).toEqual([
      'Helm (release "shop")',
      '  ConfigMap/top',
      '    ConfigMap/middle   <- this one',
      '      ConfigMap/low',
      expect.stringMatching(/^ {6}Deployment\/lower/),
    ])
    expect(await shown('top', 3)).toEqual(expect.arrayContaining(['        ConfigMap/lowest']))
    expect((await shown('lowest', 1)).slice(-1)).toEqual(['        ConfigMap/lowest   <- this one'])
  })

  it('comes to an end in a circle', async () => {
    const self = await configMap('self')
    await api.request(
      'PATCH',
      `/api/v1/namespaces/${namespace}/configmaps/self`,
      { metadata: { ownerReferences: ownedBy(self) } },
      'application/merge-patch+json',
    )
    const { output } = await tools.run(k8sTree, { resource_type: 'cm', name: 'self', depth: 3 })
    expect(output.split('\n').length).toBeLessThan(20)
  })

  it('of an Application shows the objects that it lists, and what they own', async () => {
    await serveApplications(api)
    const kept = await configMap('kept')
    await configMap('below', { ownerReferences: ownedBy(kept) })
    const resources = ['kept', 'missing'].map((name) => ({ version: 'v1', kind: 'ConfigMap', namespace, name }))
    const status = { sync: { status: 'OutOfSync' }, health: { status: 'Missing' }, resources }
    await makeApplication(api, namespace, { name: 'app', status })
    const { output } = await tools.run(k8sTree, { resource_type: 'applications.argoproj.io', name: 'app' })
    expect(output.split('\n')).toEqual([
      'Application/app (OutOfSync, Missing)   <- this one',
      '  ConfigMap/kept',
      '    ConfigMap/below',
      '  ConfigMap/missing (not there)',
    ])
  })

  it('of an object of the cluster shows what it owns in all namespaces', async () => {
    const role = await make('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: `owner-${namespace}` },
    })
    const below = await configMap('of-the-cluster', { ownerReferences: ownedBy(role) })
    await configMap('below-that', { ownerReferences: ownedBy(below) })
    const { output } = await tools.run(k8sTree, { resource_type: 'clusterroles', name: role.metadata.name })
    expect(output.split('\n')).toEqual([
      `ClusterRole/${role.metadata.name}   <- this one`,
      '  ConfigMap/of-the-cluster',
      '    ConfigMap/below-that',
    ])
  })

  it('of a HelmRelease of Flux shows what bears its labels, where it is installed', async () => {
    await serveHelmReleases()
    const place = await api.newNamespace('released')
    const release = await make('/apis/helm.toolkit.fluxcd.io/v2/namespaces/NS/helmreleases', {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'web' },
      spec: { targetNamespace: place },
    })
    const flux = (of: string) => ({ 'helm.toolkit.fluxcd.io/name': of, 'helm.toolkit.fluxcd.io/namespace': namespace })
    const inPlace = `/api/v1/namespaces/${place}/configmaps`
    const made = await make(inPlace, { metadata: { name: 'settings', labels: flux('web') } })
    await make(inPlace, { metadata: { name: 'below', ownerReferences: ownedBy(made) } })
    await make(inPlace, { metadata: { name: 'other', labels: flux('api') } })
    const { output } = await tools.run(k8sTree, { resource_type: 'helmreleases', name: release.metadata.name })
    expect(output.split('\n').map((line) => line.replace(/ {3}<- .*/, ''))).toEqual([
      'HelmRelease/web',
      '  ConfigMap/settings',
      '    ConfigMap/below',
    ])
  })

  const serveHelmReleases = async () => {
    const names = { kind: 'HelmRelease', plural: 'helmreleases', singular: 'helmrelease' }
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    const { status } = await api.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'helmreleases.helm.toolkit.fluxcd.io' },
      spec: {
        ...{ group: 'helm.toolkit.fluxcd.io', names, scope: 'Namespaced' },
        versions: [{ name: 'v2', served: true, storage: true, schema }],
      },
    })
    expect([201, 409]).toContain(status)
    const path = '/apis/helm.toolkit.fluxcd.io/v2/helmreleases'
    await vi.waitFor(async () => expect((await api.request('GET', path)).status).toBe(200), { timeout: 20_000 })
  }
})
