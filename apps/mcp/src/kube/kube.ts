import type { KubeList, KubeObject } from '../effect/kube-object.ts'
import { version } from '../tool/version.ts'
import type { Caller } from './caller.ts'
import type { Cluster } from './cluster.ts'
import type { ApiResource, Target } from './discovery/api-resource.ts'
import type { createDiscovery } from './discovery/discovery.ts'
import type { WatchEvent } from './http/watch.ts'
import type { NamespaceScope } from './namespace-scope.ts'
import type { Write } from './write.ts'

export const baseUserAgent = `fairlead/${version}`
export const JSON_ACCEPT = 'application/json'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>
export type GetOptions = {
  query?: Query
  accept?: string
  signal?: AbortSignal
  timeoutMs?: number
  /** The caller has not named what is read: warnings about it are not passed on. */
  isUnasked?: boolean
  /** The gate reads for itself and shows the answer to nobody: the allowed namespaces do not bind it. */
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
  /** Posts a review, which the server answers and does not keep. Gives its `status`. */
  review<T>(review: Review): Promise<T>
  /**
   * What the server would make of a write, never doing it; NoDryRun where it may not be asked. `live` is the object as
   * just read: the dry run fails with `Conflict` when it has moved, so that before and after differ by this write alone.
   */
  dryRun(target: Target, write: Write, live?: KubeObject): Promise<KubeObject>
}

/** A review of the caller's own identity or rights, by its API version and kind. */
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
