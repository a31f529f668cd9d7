import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApiServer } from '../packages/testing/src/cluster/api-server.ts'

/**
 * Writes what the sandbox knows of Kubernetes from Kubernetes itself: discovery, schemas and table columns as the real
 * API server of KUBEBUILDER_ASSETS publishes them, the roles that it makes at its start; and from the Go modules of the
 * same version, which fields are pointers and which are always written (a zero in any other is dropped) and the
 * protobuf messages that typed clients send. Needs the `go` command for the last two. Kubernetes is licensed under Apache-2.0.
 */
const target = new URL('../packages/sandbox/src/api/schema/kubernetes.generated.json', import.meta.url)

const served: Record<string, readonly string[]> = {
  v1: [
    'configmaps',
    'endpoints',
    'events',
    'limitranges',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'resourcequotas',
    'secrets',
    'serviceaccounts',
    'services',
  ],
  'apps/v1': ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  'authentication.k8s.io/v1': ['selfsubjectreviews', 'tokenreviews'],
  'authorization.k8s.io/v1': [
    'localsubjectaccessreviews',
    'selfsubjectaccessreviews',
    'selfsubjectrulesreviews',
    'subjectaccessreviews',
  ],
  'autoscaling/v2': ['horizontalpodautoscalers'],
  'batch/v1': ['cronjobs', 'jobs'],
  'networking.k8s.io/v1': ['ingressclasses', 'ingresses', 'networkpolicies'],
  'policy/v1': ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io/v1': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
  'storage.k8s.io/v1': ['storageclasses'],
  'apiextensions.k8s.io/v1': ['customresourcedefinitions'],
  'scheduling.k8s.io/v1': ['priorityclasses'],
  'coordination.k8s.io/v1': ['leases'],
  'discovery.k8s.io/v1': ['endpointslices'],
}
const leftOut = new Set(['attach', 'portforward', 'proxy', 'resize', 'ephemeralcontainers', 'finalize'])
const roles = ['admin', 'cluster-admin', 'edit', 'view', 'system:basic-user', 'system:discovery']
const aggregated = ['system:aggregate-to-admin', 'system:aggregate-to-edit', 'system:aggregate-to-view']
const roleBindings = ['cluster-admin', 'system:basic-user', 'system:discovery']

type Json = Record<string, unknown>
type Subresource = { subresource: string; responseKind: GroupVersionKind; verbs: string[] }
type GroupVersionKind = { group: string; version: string; kind: string }
type Resource = { resource: string; scope: string; subresources?: Subresource[] } & Json
type Group = { metadata: { name?: string }; versions: { version: string; resources: Resource[] }[] }

const server = await startApiServer({ kwok: false })
try {
  const get = async (path: string, accept = 'application/json') => {
    const headers = ['-H', `Authorization: Bearer ${server.token}`, '-H', `Accept: ${accept}`]
    const url = `${server.url}${path}`
    return JSON.parse(
      execFileSync('curl', ['-s', '--cacert', server.caFile, ...headers, url], {
        encoding: 'utf8',
        maxBuffer: 2 ** 27,
      }),
    )
  }
  const discoveryType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const all: Group[] = []
  for (const root of ['/api', '/apis']) all.push(...((await get(root, discoveryType)) as { items: Group[] }).items)
  const groups = all.flatMap((group) => {
    const versions = group.versions.flatMap((each) => {
      const wanted = served[[group.metadata.name, each.version].filter(Boolean).join('/')]
      const resources = each.resources
        .filter(({ resource }) => wanted?.includes(resource))
        .map(({ subresources, ...rest }) => ({
          ...rest,
          ...(subresources && { subresources: subresources.filter((sub) => !leftOut.has(sub.subresource)) }),
        }))
      return wanted ? [{ ...each, resources }] : []
    })
    return versions.length > 0 ? [{ ...group, versions }] : []
  })

  const published: Record<string, Json> = {}
  const roots = new Set<string>()
  const columns: Record<string, unknown> = {}
  for (const { metadata, versions } of groups) {
    for (const { version, resources } of versions) {
      const name = metadata.name ?? ''
      const root = name ? `/apis/${name}/${version}` : `/api/${version}`
      const document = (await get(`/openapi/v3${root}`)) as { components: { schemas: Record<string, Json> } }
      Object.assign(published, document.components.schemas)
      for (const { resource, responseKind, subresources } of resources as (Resource & {
        responseKind: GroupVersionKind
      })[]) {
        const kinds = [responseKind, ...(subresources ?? []).map((sub) => sub.responseKind)]
        for (const kind of kinds) {
          const group = kind.group || (kind.version ? '' : name)
          roots.add([group, kind.version || version, kind.kind].join('/'))
        }
        roots.add([name, version, `${responseKind.kind}List`].join('/'))
        const table = (await get(`${root}/${resource}?limit=1`, 'application/json;as=Table;v=v1;g=meta.k8s.io')) as {
          columnDefinitions?: unknown
        }
        if (table.columnDefinitions) columns[[name, resource].filter(Boolean).join('/')] = table.columnDefinitions
      }
    }
  }
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

  const version = (await get('/version')) as { gitVersion: string } & Json
  const named = async (path: string, names: readonly string[]) => {
    const { items } = (await get(path)) as { items: { metadata: Json & { name: string } }[] }
    return items
      .filter(({ metadata }) => names.includes(metadata.name) || metadata.name.startsWith('system:controller:none'))
      .map(({ metadata: { name, labels, annotations }, ...rest }) => ({
        metadata: { name, labels, annotations },
        ...rest,
      }))
  }
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const modules = `v0.${version.gitVersion.split('.').slice(1).join('.')}`
  const known = {
    version,
    groups,
    schemas: sorted(schemas),
    columns,
    ...goFields(Object.keys(schemas), modules),
    messages: messagesOf(Object.keys(schemas), modules),
    clusterRoles: await named(`${rbac}/clusterroles`, [...roles, ...aggregated]),
    clusterRoleBindings: await named(`${rbac}/clusterrolebindings`, roleBindings),
  }
  await writeFile(target, `${layOut(known)}\n`)
} finally {
  await server.stop()
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

type GoField = { type: string; isAlways: boolean }

/** `io.k8s.api.apps.v1.DeploymentSpec.replicas` and the like: fields that are pointers, and those that are always written. */
function goFields(names: readonly string[], version: string): { pointers: string[]; always: string[] } {
  const packages: Record<string, Record<string, Map<string, GoField>>> = {}
  const roots: Record<string, string> = {
    'io.k8s.api.': moduleFolder('k8s.io/api', version),
    'io.k8s.apimachinery.': moduleFolder('k8s.io/apimachinery', version),
    'io.k8s.apiextensions-apiserver.': moduleFolder('k8s.io/apiextensions-apiserver', version),
  }
  const all = names.flatMap((name) => {
    const prefix = Object.keys(roots).find((each) => name.startsWith(each))
    if (prefix === undefined) return []
    const path = name.slice(prefix.length).split('.')
    const type = path.pop() ?? ''
    const folder = join(roots[prefix] ?? '', ...path)
    packages[folder] ??= structsOf(folder)
    return fieldsOf(packages[folder], type).map(([field, of]) => ({ path: `${name}.${field}`, ...of }))
  })
  const paths = (wanted: typeof all) => wanted.map(({ path }) => path).toSorted()
  return {
    pointers: paths(all.filter(({ type }) => type.startsWith('*'))),
    always: paths(all.filter(({ isAlways }) => isAlways)),
  }
}

function fieldsOf(structs: Record<string, Map<string, GoField>>, type: string): [string, GoField][] {
  return [...(structs[type] ?? [])].flatMap(([field, of]) =>
    field.startsWith('inline ') ? fieldsOf(structs, of.type.replace('*', '')) : [[field, of] as [string, GoField]],
  )
}

/** Fields by their JSON name. */
function structsOf(folder: string): Record<string, Map<string, GoField>> {
  let text = ''
  for (const file of ['types.go', 'types_jsonschema.go']) {
    try {
      text += execFileSync('cat', [join(folder, file)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    } catch {
      // Not every package has both.
    }
  }
  const structs: Record<string, Map<string, GoField>> = {}
  for (const [, type = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = new Map<string, GoField>()
    for (const [, of = '', tag = ''] of body.matchAll(/^\t(?:\w+\s+)?([*\w.[\]]+)\s+`json:"([^"]*)"/gm)) {
      const [name = '', ...options] = tag.split(',')
      const isInline = name === '' && options.includes('inline')
      fields.set(isInline ? `inline ${of}` : name, {
        type: of,
        isAlways: !isInline && !options.some((each) => /^omit/.test(each)),
      })
    }
    structs[type] = fields
  }
  return structs
}

function moduleFolder(path: string, version: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${path}@${version}`], {
    encoding: 'utf8',
    cwd: tmpdir(),
  })
  return (JSON.parse(answer) as { Dir: string }).Dir
}

/** Protobuf messages by the name of their schema: fields as `[number, name, type]`, the type `[]T` when repeated. */
function messagesOf(names: readonly string[], version: string): Record<string, [number, string, string][]> {
  const files = [
    ...execFileSync('find', [moduleFolder('k8s.io/api', version), '-name', 'generated.proto'], {
      encoding: 'utf8',
    }).split('\n'),
    ...['pkg/apis/meta/v1', 'pkg/runtime', 'pkg/api/resource', 'pkg/util/intstr'].map((path) =>
      join(moduleFolder('k8s.io/apimachinery', version), path, 'generated.proto'),
    ),
    join(moduleFolder('k8s.io/apiextensions-apiserver', version), 'pkg/apis/apiextensions/v1/generated.proto'),
  ].filter((file) => file !== '')
  const all: Record<string, [number, string, string][]> = {}
  for (const file of files) {
    const text = execFileSync('cat', [file], { encoding: 'utf8' })
    const own = schemaName(/^package (.+);$/m.exec(text)?.[1] ?? '')
    const full = (type: string): string => {
      if (/^(string|bool|bytes|double|int32|int64)$/.test(type)) return type
      const map = /^map<string, (.+)>$/.exec(type)
      if (map) return `map<${full(map[1] ?? '')}>`
      return type.includes('.') ? schemaName(type.replace(/^\./, '')) : `${own}.${type}`
    }
    for (const [, name = '', body = ''] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
      const fields = body.matchAll(
        /^ {2}(?:(optional|repeated|required) )?(map<string, [\w.]+>|[\w.]+) (\w+) = (\d+);$/gm,
      )
      all[`${own}.${name}`] = [...fields].map(([, label, type = '', field = '', number]) => [
        Number(number),
        field,
        label === 'repeated' ? `[]${full(type)}` : full(type),
      ])
    }
  }
  const kept: Record<string, [number, string, string][]> = {}
  const keep = (name: string): void => {
    const fields = all[name]
    if (fields === undefined || kept[name] !== undefined) return
    kept[name] = fields
    for (const [, , type] of fields) keep(type.replace(/^\[\]|^map<|>$/g, ''))
  }
  for (const name of [...names, 'io.k8s.apimachinery.pkg.runtime.Unknown']) keep(name)
  return Object.fromEntries(Object.entries(kept).toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

/** `k8s.io.api.core.v1` as the schemas write it. */
function schemaName(name: string): string {
  return name.replace(/^k8s\.io\./, 'io.k8s.')
}
