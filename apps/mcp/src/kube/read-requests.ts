import { hash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import type { KubeObject } from '../effect/kube-object.ts'
import type { createDiscovery } from './discovery/discovery.ts'
import { faultOf, getText, getWithRetry, jsonOf, warningsOf } from './http/http.ts'
import { ownMacrotask } from './http/own-macrotask.ts'
import type { TextAnswer } from './http/text-answer.ts'
import type { GetOptions, KubeOptions, Query } from './kube.ts'
import { baseUserAgent, JSON_ACCEPT } from './kube.ts'
import { everywhere, guardPath } from './namespace-scope.ts'

type Headers = Dispatcher.ResponseData['headers']

/** GET requests of one call, as its caller and within the allowed namespaces. */
export type ReadRequests = {
  /** Texts of the API server's `Warning` headers so far, without repetitions. */
  warnings: string[]
  collectWarnings(headers: Headers): void
  /** The body as a stream. */
  open(path: string, options?: GetOptions): Promise<Dispatcher.ResponseData['body']>
  text(path: string, options?: GetOptions): Promise<string>
  get<T = KubeObject>(path: string, options?: GetOptions): Promise<T>
  served: ReturnType<ReturnType<typeof createDiscovery>['of']>
}

export function createReadRequests({
  cluster,
  discovery,
  caller,
  signal,
  scope = everywhere,
}: Omit<KubeOptions, 'fieldManager'>): ReadRequests {
  const warnings: string[] = []
  const collectWarnings = (headers: Headers): void => {
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
  const whole = async (path: string, options?: GetOptions): Promise<TextAnswer> => {
    const answer = await getText(cluster, await allowed(path, options))
    if (!options?.isUnasked) collectWarnings(answer.headers)
    return answer
  }
  const get = async <T = KubeObject>(path: string, options?: GetOptions): Promise<T> => {
    const answer = await whole(path, options)
    await ownMacrotask()
    try {
      return jsonOf(answer, path) as T
    } catch (fault) {
      throw faultOf(fault, cluster, undefined)
    }
  }
  const owner = caller.as === 'passthrough' ? hash('sha256', caller.token) : undefined
  const served = discovery.of((path, accept) => get<unknown>(path, { accept }), owner)
  return {
    warnings,
    collectWarnings,
    async open(path, options) {
      const { headers, body } = await getWithRetry(cluster, await allowed(path, options))
      collectWarnings(headers)
      return body
    },
    text: async (path, options) => (await whole(path, options)).body,
    get,
    served,
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
