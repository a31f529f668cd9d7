import { hash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { withoutDepths } from '../effect/deep-parts.ts'
import type { KubeList, KubeObject } from '../effect/kube-object.ts'
import { ToolError } from '../tool/tool-error.ts'
import { version } from '../tool/version.ts'
import type { Caller } from './caller.ts'
import type { Cluster } from './cluster.ts'
import {
  type ApiResource,
  apiVersionOf,
  collectionPath,
  describeTarget,
  objectPath,
  type Target,
} from './discovery/api-resource.ts'
import type { createDiscovery } from './discovery/discovery.ts'
import { requireDryRun } from './discovery/dry-run-support.ts'
import { nearNames } from './discovery/near-names.ts'
import { findResource, unknownResource } from './discovery/resolve-resource.ts'
import { ApiError } from './http/api-error.ts'
import { AnswerLost, faultOf, getText, getWithRetry, jsonOf, sendOnce, warningsOf } from './http/http.ts'
import { ownTurn } from './http/own-turn.ts'
import type { TextAnswer } from './http/text-answer.ts'
import { readWatch, type WatchEvent } from './http/watch.ts'
import { everywhere, guardPath, type NamespaceScope } from './namespace-scope.ts'
import { preconditionOf, type Write, writeRequest } from './write.ts'

export const baseUserAgent = `fairlead/${version}`

export type Query = Readonly<Record<string, string | number | boolean | undefined>>
export type GetOptions = {
  query?: Query
  accept?: string
  signal?: AbortSignal
  timeoutMs?: number
  /** Nobody named what is asked for here: what the server warns of there is not passed on. */
  isUnasked?: boolean
  /** A question of the gate itself, which nobody is told the answer to: it is not bound to the allowed namespaces. */
  isOwn?: boolean
}
export type ListOptions = {
  /** Left out for a namespaced resource: all namespaces. */
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  /** Whole objects, at most; asked for in pages of 500. Default 1000. */
  atMost?: number
}

/**
 * The API server as a tool sees it: as one caller, for one call. It can read and it can dry-run; it has no way to write,
 * which is the gate's alone. Failures are ToolErrors whose sentence is ready for the result.
 */
export type Kube = {
  /** The cluster's name in effects. */
  readonly cluster: string
  readonly server: string
  /** Texts of the API server's `Warning` headers so far, without repetitions. */
  readonly warnings: readonly string[]
  /** A path with everything encoded, as `objectPath` and `collectionPath` make it. `T` is what the caller expects there. */
  get<T = KubeObject>(path: string, options?: GetOptions): Promise<T>
  text(path: string, options?: GetOptions): Promise<string>
  /** The body as it comes, for followed logs; ends with the call's signal. */
  stream(path: string, options?: GetOptions): AsyncIterable<Uint8Array>
  /** One object, what is nested too deeply in it as a text; `NotFound` lists up to three near names of its kind. */
  read(target: Target): Promise<KubeObject>
  /** The same, undefined when it is not there. */
  find(target: Target): Promise<KubeObject | undefined>
  list(resource: ApiResource, options?: ListOptions): Promise<KubeList>
  /** Changes of a collection from `resourceVersion` on, until the signal or the server ends it. */
  watch(resource: ApiResource, options: WatchOptions): AsyncIterable<WatchEvent>
  /** What the server serves, core first, then `apps`, then its own order. */
  resources(options?: { refresh?: boolean }): Promise<readonly ApiResource[]>
  /** `TYPE`, `TYPE.GROUP`, `TYPE.VERSION.GROUP`; `NotFound` with near names. Says in `warnings` when several groups fit. */
  resolve(type: string): Promise<ApiResource>
  /** The resource of a manifest's `apiVersion` and `kind`; undefined when the server does not serve it. */
  resourceOf(head: { apiVersion: string; kind: string }): Promise<ApiResource | undefined>
  /** Asks what the API answers to a POST and keeps nothing of: who the caller is, what it may do. Gives the `status`. */
  review<T>(review: Review): Promise<T>
  /**
   * What the server would make of a write, never doing it; NoDryRun where it may not be asked. `live` is the object as
   * just read: the dry run fails with `Conflict` when it has moved, so that before and after differ by this write alone.
   */
  dryRun(target: Target, write: Write, live?: KubeObject): Promise<KubeObject>
}

/** A question about the caller itself, by its API version and kind. */
export type Review = {
  apiVersion: 'authentication.k8s.io/v1' | 'authorization.k8s.io/v1'
  kind: 'SelfSubjectReview' | 'SelfSubjectAccessReview' | 'SelfSubjectRulesReview'
  spec?: unknown
}

export type WatchOptions = {
  namespace?: string
  fieldSelector?: string
  labelSelector?: string
  resourceVersion?: string
  signal?: AbortSignal
}

export type KubeOptions = {
  cluster: Cluster
  discovery: ReturnType<typeof createDiscovery>
  caller: Caller
  /** Ends every read of this call. */
  signal: AbortSignal
  fieldManager: string
  /** Default: everywhere. */
  scope?: NamespaceScope
}

const JSON_ACCEPT = 'application/json'
const NAMES_ACCEPT = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'
const PAGE = 500

export function createKube({
  cluster,
  discovery,
  caller,
  signal,
  fieldManager,
  scope = everywhere,
}: KubeOptions): Kube {
  const warnings: string[] = []
  const heed = (headers: Dispatcher.ResponseData['headers']): void => {
    for (const warning of warningsOf(headers)) if (!warnings.includes(warning)) warnings.push(warning)
  }
  const allowed = async (
    path: string,
    { query, accept = JSON_ACCEPT, signal: own, timeoutMs, isOwn = false }: GetOptions = {},
  ) => {
    const fieldSelector = query?.fieldSelector?.toString()
    const without = isOwn ? undefined : await guardPath(path, scope, () => served.resources(), fieldSelector)
    return {
      path: withQuery(path, without === undefined ? query : withFieldSelector(query, without)),
      caller,
      userAgent: baseUserAgent,
      accept,
      signal: own === undefined ? signal : AbortSignal.any([signal, own]),
      timeoutMs,
    }
  }
  const open = async (path: string, options?: GetOptions) => {
    const { headers, body } = await getWithRetry(cluster, await allowed(path, options))
    heed(headers)
    return body
  }
  const whole = async (path: string, options?: GetOptions): Promise<TextAnswer> => {
    const answer = await getText(cluster, await allowed(path, options))
    if (!options?.isUnasked) heed(answer.headers)
    return answer
  }
  const get = async <T = KubeObject>(path: string, options?: GetOptions): Promise<T> => {
    const answer = await whole(path, options)
    await ownTurn()
    try {
      return jsonOf(answer, path) as T
    } catch (fault) {
      throw faultOf(fault, cluster, undefined)
    }
  }
  const whose = caller.as === 'passthrough' ? hash('sha256', caller.token) : undefined
  const served = discovery.of((path, accept) => get<unknown>(path, { accept }), whose)

  const find = async (target: Target): Promise<KubeObject | undefined> => {
    try {
      return withoutDepths(await get(objectPath(target)))
    } catch (error) {
      if (error instanceof ApiError && error.code === 'NotFound') return undefined
      throw error
    }
  }
  const list = async (
    resource: ApiResource,
    { namespace, labelSelector, fieldSelector, atMost = 1000 }: ListOptions = {},
  ) => {
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

  return {
    cluster: cluster.name,
    server: cluster.server,
    warnings,
    get,
    text: async (path, options) => (await whole(path, options)).body,
    async *stream(path, options) {
      const body = await open(path, options)
      try {
        yield* body
      } catch (fault) {
        throw faultOf(fault, cluster, signal)
      }
    },
    find,
    async read(target) {
      const found = await find(target)
      if (found !== undefined) return found
      throw await notFound(target, get)
    },
    list,
    async *watch(resource, { namespace, fieldSelector, labelSelector, resourceVersion, signal: own }) {
      const query = { watch: true, fieldSelector, labelSelector, resourceVersion }
      const body = await open(collectionPath(resource, namespace), { query, signal: own, timeoutMs: 0 })
      yield* readWatch(body, { cluster, signal: own === undefined ? signal : AbortSignal.any([signal, own]) })
    },
    resources: (options) => served.resources(options),
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
    async review<T>(review: Review) {
      const path = `/apis/${review.apiVersion}/${review.kind.toLowerCase()}s`
      const asked = { method: 'POST', path, contentType: JSON_ACCEPT, body: JSON.stringify(review) } as const
      try {
        const { body, headers } = await sendOnce(cluster, { ...asked, caller, userAgent: baseUserAgent, signal })
        heed(headers)
        return (body as { status: T }).status
      } catch (fault) {
        if (fault instanceof AnswerLost) throw faultOf(fault.cause, cluster, signal)
        throw fault
      }
    },
    async dryRun(target, write, live) {
      await guardPath(objectPath(target), scope, () => served.resources())
      await requireDryRun(target, write, { served: await served.resources(), get })
      const precondition = live === undefined ? undefined : preconditionOf(live)
      const request = writeRequest(target, write, { precondition, dryRun: true, fieldManager })
      try {
        const { body, headers } = await sendOnce(cluster, {
          ...request,
          caller,
          userAgent: `${baseUserAgent} preview`,
          signal,
        })
        heed(headers)
        return withoutDepths(body as KubeObject)
      } catch (fault) {
        if (fault instanceof AnswerLost) throw faultOf(fault.cause, cluster, signal)
        if (fault instanceof ApiError && fault.code === 'NotFound' && write.verb !== 'create')
          throw await notFound(target, get)
        throw fault
      }
    },
  }
}

function withFieldSelector(query: Query | undefined, selector: string): Query {
  const given = query?.fieldSelector
  return { ...query, fieldSelector: given ? `${given},${selector}` : selector }
}

function withQuery(path: string, query: Query | undefined): string {
  if (query === undefined) return path
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
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
