import { apiVersionOf, type Resource } from '../store/resource.ts'
import type { JsonObject } from '../values/json.ts'

/** What the server serves, in the two forms that clients ask for. */

export function aggregatedDiscovery(resources: readonly Resource[], root: 'api' | 'apis'): JsonObject {
  const items = groupsOf(resources, root).map(([group, versions]) => ({
    metadata: { ...(group && { name: group }), creationTimestamp: null },
    versions: versions.map(([version, each]) => ({
      version,
      freshness: 'Current',
      resources: each.map((resource) => ({
        resource: resource.plural,
        responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
        scope: resource.isNamespaced ? 'Namespaced' : 'Cluster',
        singularResource: resource.singular,
        verbs: [...resource.verbs],
        ...(resource.shortNames.length > 0 && { shortNames: [...resource.shortNames] }),
        ...(resource.categories.length > 0 && { categories: [...resource.categories] }),
        ...(resource.subresources.length > 0 && { subresources: resource.subresources.map((each) => ({ ...each })) }),
      })),
    })),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items } as JsonObject
}

export function coreVersions(address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  }
}

export function groupList(resources: readonly Resource[]): JsonObject {
  const groups = groupsOf(resources, 'apis').map(([name, versions]) =>
    groupOf(
      name,
      versions.map(([version]) => version),
    ),
  )
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

export function group(resources: readonly Resource[], name: string): JsonObject | undefined {
  const found = groupsOf(resources, 'apis').find(([each]) => each === name)
  return (
    found && {
      kind: 'APIGroup',
      apiVersion: 'v1',
      ...groupOf(
        name,
        found[1].map(([version]) => version),
      ),
    }
  )
}

function groupOf(name: string, versions: readonly string[]): JsonObject {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: all, preferredVersion: all[0] ?? {} }
}

export function resourceList(resources: readonly Resource[], groupVersion: string): JsonObject | undefined {
  const found = resources.filter((each) => apiVersionOf(each) === groupVersion)
  if (found.length === 0) return undefined
  const entries = found.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.isNamespaced,
      kind: resource.kind,
      verbs: [...resource.verbs],
      ...(resource.shortNames.length > 0 && { shortNames: [...resource.shortNames] }),
      ...(resource.categories.length > 0 && { categories: [...resource.categories] }),
    },
    ...resource.subresources.map((each) => ({
      name: `${resource.plural}/${each.subresource}`,
      singularName: '',
      namespaced: resource.isNamespaced,
      ...(each.responseKind.group && { group: each.responseKind.group }),
      ...(each.responseKind.version && { version: each.responseKind.version }),
      kind: each.responseKind.kind,
      verbs: [...each.verbs],
    })),
  ])
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: entries } as JsonObject
}

type Versions = [version: string, resources: Resource[]][]

function groupsOf(resources: readonly Resource[], root: 'api' | 'apis'): [group: string, versions: Versions][] {
  const wanted = resources.filter((each) => (each.group === '') === (root === 'api'))
  return [...Map.groupBy(wanted, (each) => each.group)].map(([name, each]) => [
    name,
    [...Map.groupBy(each, ({ version }) => version)],
  ])
}
