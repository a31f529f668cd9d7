import { ToolError } from '../tool-error.ts'
import { type ApiResource, apiVersionOf, collectionPath, describeTarget, type Target } from './api-resource.ts'
import type { GetOptions } from './kube.ts'
import type { Write } from './write.ts'

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
type Index = { paths?: { readonly [path: string]: { serverRelativeURL: string } | undefined } }
type Get = <T>(path: string, options?: GetOptions) => Promise<T>

/** What is known of each group and version, as long as the list of what is served is the same one. */
const known = new WeakMap<readonly ApiResource[], Map<string, Promise<Document>>>()

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
  const documents = known.get(served) ?? new Map<string, Promise<Document>>()
  known.set(served, documents)
  const key = `${group}/${version}`
  const asked = documents.get(key) ?? documentOf(target.resource, get)
  documents.set(key, asked)
  asked.catch(() => documents.delete(key))
  const collection = collectionPath(target.resource, namespaced ? 'namespace' : undefined)
  const path = collection.replace('/namespaces/namespace/', '/namespaces/{namespace}/')
  const { paths = {} } = await asked
  const there = paths[write.verb === 'create' ? path : `${path}/{name}`]
  const parameters = [...(there?.parameters ?? []), ...(there?.[methodOf(write)]?.parameters ?? [])]
  if (parameters.some(({ name }) => name === 'dryRun')) return
  // What has just begun to be served is published a moment later.
  documents.delete(key)
  throw new NoDryRun(target)
}

function methodOf({ verb }: Write): 'post' | 'delete' | 'patch' {
  if (verb === 'create') return 'post'
  return verb === 'delete' ? 'delete' : 'patch'
}

async function documentOf(resource: ApiResource, get: Get): Promise<Document> {
  try {
    const { paths = {} } = await get<Index>('/openapi/v3')
    const path = paths[`apis/${apiVersionOf(resource)}`]?.serverRelativeURL
    return path === undefined ? {} : await get<Document>(path)
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'NotFound')) return {}
    throw error
  }
}
