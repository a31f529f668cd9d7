import { execFileSync } from 'node:child_process'
import { startApiServer } from '../../../packages/testing/src/cluster/api-server.ts'
import { goFields } from './go-fields.ts'
import { goMessages } from './go-messages.ts'
import { servedKinds } from './served-kinds.ts'

const leftOut = new Set(['attach', 'portforward', 'proxy', 'resize', 'ephemeralcontainers', 'finalize'])
const roles = ['admin', 'cluster-admin', 'edit', 'view', 'system:basic-user', 'system:discovery']
const aggregated = ['system:aggregate-to-admin', 'system:aggregate-to-edit', 'system:aggregate-to-view']
const roleBindings = ['cluster-admin', 'system:basic-user', 'system:discovery']

type Json = Record<string, unknown>
type GroupVersionKind = { group: string; version: string; kind: string }
type Subresource = { subresource: string; responseKind: GroupVersionKind; verbs: string[] }
type Resource = {
  resource: string
  scope: string
  responseKind: GroupVersionKind
  subresources?: Subresource[]
} & Json
type Group = { metadata: { name?: string }; versions: { version: string; resources: Resource[] }[] }
type Named = { metadata: Json & { name: string } }
/** Body of a GET of the API server. */
type Get = (path: string, accept?: string) => Promise<unknown>

const discoveryType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/**
 * What the sandbox knows of Kubernetes, from Kubernetes itself: discovery, schemas and table columns as the real API
 * server of KUBEBUILDER_ASSETS publishes them, and the roles that it makes at its start. The Go modules of the same
 * version say which fields are pointers, which are always written (a zero in any other is dropped), and what protobuf
 * messages typed clients send. Needs the `go` command for those. Kubernetes is licensed under Apache-2.0.
 */
export async function takeKubernetesApi(): Promise<string> {
  const server = await startApiServer({ kwok: false })
  try {
    const get: Get = async (path, accept = 'application/json') => {
      const headers = ['-H', `Authorization: Bearer ${server.token}`, '-H', `Accept: ${accept}`]
      const args = ['-s', '--cacert', server.caFile, ...headers, `${server.url}${path}`]
      return JSON.parse(execFileSync('curl', args, { encoding: 'utf8', maxBuffer: 2 ** 27 }))
    }
    const version = (await get('/version')) as { gitVersion: string } & Json
    const groups = await servedGroups(get)
    const { published, roots, columns } = await publishedSchemas(get, groups)
    const schemas = neededSchemas(published, roots)
    const modules = `v0.${version.gitVersion.split('.').slice(1).join('.')}`
    const rbac = '/apis/rbac.authorization.k8s.io/v1'
    const known = {
      version,
      groups,
      schemas: sorted(schemas),
      columns,
      ...goFields(Object.keys(schemas), modules),
      messages: goMessages(Object.keys(schemas), modules),
      clusterRoles: await namedObjects(get, `${rbac}/clusterroles`, [...roles, ...aggregated]),
      clusterRoleBindings: await namedObjects(get, `${rbac}/clusterrolebindings`, roleBindings),
    }
    return `${layOut(known)}\n`
  } finally {
    await server.stop()
  }
}

async function servedGroups(get: Get): Promise<Group[]> {
  const all: Group[] = []
  for (const root of ['/api', '/apis']) all.push(...((await get(root, discoveryType)) as { items: Group[] }).items)
  return all.flatMap((group) => {
    const versions = group.versions.flatMap((each) => {
      const wanted = servedKinds[[group.metadata.name, each.version].filter(Boolean).join('/')]
      const resources = each.resources
        .filter(({ resource }) => wanted?.includes(resource))
        .map(({ subresources, ...rest }) => ({
          ...rest,
          ...(subresources && { subresources: subresources.filter((sub) => !leftOut.has(sub.subresource)) }),
        }))
      return wanted ? [{ ...each, resources: resources as Resource[] }] : []
    })
    return versions.length > 0 ? [{ ...group, versions }] : []
  })
}

/** Every schema of the groups that are served, the kinds among them that are needed, and the columns of their tables. */
async function publishedSchemas(get: Get, groups: readonly Group[]) {
  const published: Record<string, Json> = {}
  const roots = new Set<string>()
  const columns: Record<string, unknown> = {}
  for (const { metadata, versions } of groups) {
    for (const { version, resources } of versions) {
      const name = metadata.name ?? ''
      const root = name ? `/apis/${name}/${version}` : `/api/${version}`
      const document = (await get(`/openapi/v3${root}`)) as { components: { schemas: Record<string, Json> } }
      Object.assign(published, document.components.schemas)
      for (const { resource, responseKind, subresources } of resources) {
        const kinds = [responseKind, ...(subresources ?? []).map((sub) => sub.responseKind)]
        for (const kind of kinds) {
          const group = kind.group || (kind.version ? '' : name)
          roots.add([group, kind.version || version, kind.kind].join('/'))
        }
        roots.add([name, version, `${responseKind.kind}List`].join('/'))
        const table = (await get(`${root}/${resource}?limit=1`, tableType)) as { columnDefinitions?: unknown }
        if (table.columnDefinitions) columns[[name, resource].filter(Boolean).join('/')] = table.columnDefinitions
      }
    }
  }
  return { published, roots, columns }
}

/** The schemas of the kinds that are needed, with all that they refer to. */
function neededSchemas(published: Record<string, Json>, roots: ReadonlySet<string>): Record<string, Json> {
  const schemas: Record<string, Json> = {}
  const keep = (name: string): void => {
    const schema = published[name]
    if (schema === undefined || schemas[name] !== undefined) return
    schemas[name] = schema
    for (const [, next = ''] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) keep(next)
  }
  for (const [name, schema] of Object.entries(published)) {
    const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[]
    const isWanted = kinds.length < 5 && kinds.some((kind) => roots.has(`${kind.group}/${kind.version}/${kind.kind}`))
    if (isWanted) keep(name)
  }
  for (const name of ['DeleteOptions', 'Status', 'APIResourceList', 'Patch']) {
    keep(`io.k8s.apimachinery.pkg.apis.meta.v1.${name}`)
  }
  return schemas
}

async function namedObjects(get: Get, path: string, names: readonly string[]) {
  const { items } = (await get(path)) as { items: Named[] }
  return items
    .filter(({ metadata }) => names.includes(metadata.name) || metadata.name.startsWith('system:controller:none'))
    .map(({ metadata: { name, labels, annotations }, ...rest }) => ({
      metadata: { name, labels, annotations },
      ...rest,
    }))
}

/** One line a schema: a change of the version can be read, and the file stays small. */
function layOut(known: Record<string, unknown>): string {
  const parts = Object.entries(known).map(([key, value]) => {
    const isList = Array.isArray(value)
    if (!isList && !['schemas', 'columns', 'messages'].includes(key))
      return `${JSON.stringify(key)}: ${JSON.stringify(value)}`
    const lines = Object.entries(value as object).map(([name, each]) =>
      isList ? JSON.stringify(each) : `${JSON.stringify(name)}: ${JSON.stringify(each)}`,
    )
    return `${JSON.stringify(key)}: ${isList ? '[' : '{'}\n${lines.join(',\n')}\n${isList ? ']' : '}'}`
  })
  return `{\n${parts.join(',\n')}\n}`
}

function sorted(record: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1)))
}
