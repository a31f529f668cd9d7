import { ToolError } from '../../tool/tool-error.ts'
import type { GetOptions } from '../kube.ts'
import type { Write } from '../write.ts'
import { type ApiResource, collectionPath, describeTarget, type Target } from './api-resource.ts'
import { readOpenApi } from './open-api.ts'

/** The server would not be asked to try a write out; nothing was sent. */
export class NoDryRun extends ToolError {
  override readonly name = 'NoDryRun'

  constructor(target: Target) {
    super(
      'Unavailable',
      `${describeTarget(target)} cannot be tried out: its API server does not say that it has dry runs.`,
    )
  }
}

/** Groups that the API server serves itself, whatever else is registered with it. Groups without a dot are, too. */
const own = new Set(
  [
    'admissionregistration',
    'apiextensions',
    'apiregistration',
    'authentication',
    'authorization',
    'certificates',
    'coordination',
    'discovery',
    'events',
    'flowcontrol.apiserver',
    'networking',
    'node',
    'rbac.authorization',
    'resource',
    'scheduling',
    'storage',
    'storagemigration',
  ].map((each) => `${each}.k8s.io`),
)

type Parameters = readonly { name?: string }[]
type Operations = { readonly [method: string]: { parameters?: Parameters } | undefined }
type Document = { paths?: { readonly [path: string]: (Operations & { parameters?: Parameters }) | undefined } }
type Get = <T>(path: string, options?: GetOptions) => Promise<T>

/**
 * `patch /apis/…/{name}`: what each group and version takes dry runs of, as long as the list of what is served is the same
 * one.
 */
const known = new WeakMap<readonly ApiResource[], Map<string, Promise<ReadonlySet<string>>>>()

/**
 * Throws NoDryRun unless the server of the target says that it looks at `dryRun`. One behind the API server that does not
 * would write what was only to be tried out.
 */
export async function requireDryRun(
  target: Target,
  write: Write,
  { served, get }: { served: readonly ApiResource[]; get: Get },
): Promise<void> {
  const { group, version, namespaced } = target.resource
  if (!group.includes('.') || own.has(group)) return
  const operations = known.get(served) ?? new Map<string, Promise<ReadonlySet<string>>>()
  known.set(served, operations)
  const key = `${group}/${version}`
  const offered = operations.get(key) ?? operationsOf(target.resource, get)
  operations.set(key, offered)
  offered.catch(() => operations.delete(key))
  const collection = collectionPath(target.resource, namespaced ? 'namespace' : undefined)
  const path = collection.replace('/namespaces/namespace/', '/namespaces/{namespace}/')
  const operation = write.verb === 'create' ? `post ${path}` : `${methodOf(write)} ${path}/{name}`
  if ((await offered).has(operation)) return
  // What has just begun to be served is published a moment later.
  operations.delete(key)
  throw new NoDryRun(target)
}

function methodOf({ verb }: Write): 'delete' | 'patch' {
  return verb === 'delete' ? 'delete' : 'patch'
}

async function operationsOf(resource: ApiResource, get: Get): Promise<ReadonlySet<string>> {
  const { paths = {} } = await documentOf(resource, get)
  const found = Object.entries(paths).flatMap(([path, there]) =>
    (['post', 'patch', 'delete'] as const).flatMap((method) => {
      const parameters = [...(there?.parameters ?? []), ...(there?.[method]?.parameters ?? [])]
      return parameters.some(({ name }) => name === 'dryRun') ? [`${method} ${path}`] : []
    }),
  )
  return new Set(found)
}

async function documentOf(resource: ApiResource, get: Get): Promise<Document> {
  try {
    return (await readOpenApi<Document>({ get }, resource)) ?? {}
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'NotFound')) return {}
    throw error
  }
}
