import { withoutDepths } from '../effect/deep-parts.ts'
import type { KubeList, KubeObject } from '../effect/kube-object.ts'
import { AnswerLost } from '../target/answer-lost.ts'
import { ToolError } from '../tool/tool-error.ts'
import {
  type ApiResource,
  apiVersionOf,
  collectionPath,
  describeTarget,
  objectPath,
  type Target,
} from './discovery/api-resource.ts'
import { requireDryRun } from './discovery/dry-run-support.ts'
import { nearNames } from './discovery/near-names.ts'
import { findResource, unknownResource } from './discovery/resolve-resource.ts'
import { ApiError } from './http/api-error.ts'
import { faultOf, sendOnce } from './http/http.ts'
import { readWatch } from './http/watch.ts'
import { baseUserAgent, JSON_ACCEPT, type Kube, type KubeOptions, type ListOptions, type Review } from './kube.ts'
import { everywhere, guardPath } from './namespace-scope.ts'
import { createReadRequests, type ReadRequests } from './read-requests.ts'
import { preconditionOf, writeRequest } from './write.ts'

const NAMES_ACCEPT = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'
const PAGE = 500

export function createKube(options: KubeOptions): Kube {
  const requests = createReadRequests(options)
  const { name, server } = options.cluster
  const { warnings, get, text, served } = requests
  return {
    cluster: name,
    server,
    warnings,
    get,
    text,
    ...streamsOf(requests, options),
    find: (target) => find(target, get),
    async read(target) {
      const found = await find(target, get)
      if (found !== undefined) return found
      throw await notFound(target, get)
    },
    list: (resource, chosen) => list(resource, chosen, get),
    resources: (chosen) => served.resources(chosen),
    ...typesOf(requests),
    ...unkeptPostsOf(requests, options),
  }
}

function streamsOf({ open }: ReadRequests, { cluster, signal }: KubeOptions): Pick<Kube, 'stream' | 'watch'> {
  return {
    async *stream(path, options) {
      const body = await open(path, options)
      try {
        yield* body
      } catch (fault) {
        throw faultOf(fault, cluster, signal)
      }
    },
    async *watch(resource, { namespace, fieldSelector, labelSelector, resourceVersion, signal: own }) {
      const query = { watch: true, fieldSelector, labelSelector, resourceVersion }
      const body = await open(collectionPath(resource, namespace), { query, signal: own, timeoutMs: 0 })
      yield* readWatch(body, { cluster, signal: own === undefined ? signal : AbortSignal.any([signal, own]) })
    },
  }
}

function typesOf({ served, warnings }: ReadRequests): Pick<Kube, 'resolve' | 'resourceOf'> {
  return {
    async resolve(type) {
      const resolved =
        findResource(type, await served.resources()) ?? findResource(type, await served.resources({ refresh: true }))
      if (resolved === undefined) throw unknownResource(type, await served.resources())
      const { used, others } = resolved
      if (others.length > 0) {
        const rest = others.map(({ group }) => group || 'the core group').join(', ')
        warnings.push(`"${type}" is served by several groups: used ${used.group || 'the core group'}, not ${rest}.`)
      }
      return used
    },
    async resourceOf({ apiVersion, kind }) {
      const isIt = (each: ApiResource) => each.kind === kind && apiVersionOf(each) === apiVersion
      return (await served.resources()).find(isIt) ?? (await served.resources({ refresh: true })).find(isIt)
    },
  }
}

/** Requests that are no reads and that the server keeps nothing of. */
function unkeptPostsOf(
  { served, get, collectWarnings }: ReadRequests,
  { cluster, caller, signal, fieldManager, scope = everywhere }: KubeOptions,
): Pick<Kube, 'review' | 'dryRun'> {
  const send = async (
    request: Pick<Parameters<typeof sendOnce>[1], 'method' | 'path' | 'contentType' | 'body'>,
    userAgent: string,
  ) => {
    try {
      const { body, headers } = await sendOnce(cluster, { ...request, caller, userAgent, signal })
      collectWarnings(headers)
      return body
    } catch (fault) {
      if (fault instanceof AnswerLost) throw faultOf(fault.cause, cluster, signal)
      throw fault
    }
  }
  return {
    async review<T>(review: Review) {
      const path = `/apis/${review.apiVersion}/${review.kind.toLowerCase()}s`
      const request = { method: 'POST', path, contentType: JSON_ACCEPT, body: JSON.stringify(review) } as const
      return ((await send(request, baseUserAgent)) as { status: T }).status
    },
    async dryRun(target, write, live) {
      await guardPath(objectPath(target), scope, () => served.resources())
      await requireDryRun(target, write, { served: await served.resources(), get })
      const precondition = live === undefined ? undefined : preconditionOf(live)
      const request = writeRequest(target, write, { precondition, dryRun: true, fieldManager })
      try {
        return withoutDepths((await send(request, `${baseUserAgent} preview`)) as KubeObject)
      } catch (fault) {
        if (fault instanceof ApiError && fault.code === 'NotFound' && write.verb !== 'create')
          throw await notFound(target, get)
        throw fault
      }
    },
  }
}

async function find(target: Target, get: Kube['get']): Promise<KubeObject | undefined> {
  try {
    return withoutDepths(await get(objectPath(target)))
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NotFound') return undefined
    throw error
  }
}

async function list(
  resource: ApiResource,
  { namespace, labelSelector, fieldSelector, atMost = 1000 }: ListOptions = {},
  get: Kube['get'],
): Promise<KubeList> {
  const items: KubeObject[] = []
  let page: Partial<KubeList>
  let next: string | undefined
  do {
    page = await get<Partial<KubeList>>(collectionPath(resource, namespace), {
      query: { labelSelector, fieldSelector, limit: Math.min(PAGE, atMost - items.length), continue: next },
    })
    // Servers behind the API server may leave an empty list out.
    for (const item of page.items ?? [])
      items.push({ ...item, apiVersion: apiVersionOf(resource), kind: resource.kind })
    next = page.metadata?.continue || undefined
  } while (next !== undefined && items.length < atMost)
  return { metadata: page.metadata ?? {}, items }
}

async function notFound(target: Target, get: Kube['get']): Promise<ToolError> {
  const query = { limit: PAGE }
  // A list of metadata alone that is empty has no items at all.
  const near = await get<{ items: KubeList['items'] | null }>(collectionPath(target.resource, target.namespace), {
    query,
    accept: NAMES_ACCEPT,
  }).then(
    ({ items }) =>
      nearNames(
        target.name,
        (items ?? []).map(({ metadata }) => metadata.name),
      ),
    () => [], // Who may not list gets the plain sentence.
  )
  const guess = near.length > 0 ? ` Near names: ${near.join(', ')}.` : ''
  return new ToolError('NotFound', `${describeTarget(target)} not found.${guess}`)
}
