import { createObject } from '../../api/objects/create-object.ts'
import { type DeleteOptions, deleteObject } from '../../api/objects/delete-object.ts'
import { updateObject } from '../../api/objects/update-object.ts'
import type { Cluster } from '../../api/store/cluster.ts'
import type { Resource } from '../../api/store/resource.ts'
import { isApiStatusError, noSuchResource } from '../../api/values/api-status-error.ts'
import { cloned, type JsonObject } from '../../api/values/json.ts'
import { timestamp } from '../../clock.ts'
import { keys } from './keys.ts'
import type { KubeObject, Owner } from './shapes.ts'

export type EventText = {
  type?: 'Normal' | 'Warning'
  reason: string
  message: string
  container?: string
  host?: string
}

/** The API as a controller of one name uses it: in process, with all that a request from outside would meet. */
export class Client {
  readonly cluster: Cluster
  readonly #name: string

  constructor(cluster: Cluster, name: string) {
    this.cluster = cluster
    this.#name = name
  }

  get now(): number {
    return this.cluster.clock.now()
  }

  get timestamp(): string {
    return timestamp(this.cluster.clock)
  }

  get<T extends KubeObject>(key: string, namespace: string, name: string): T | undefined {
    return this.cluster.store.get(key, namespace, name) as unknown as T | undefined
  }

  list<T extends KubeObject>(key: string, namespace?: string): T[] {
    return this.cluster.store.list(key, namespace) as unknown as T[]
  }

  /** Throws ApiStatusError. */
  create<T extends KubeObject>(key: string, namespace: string, object: object): T {
    const body = cloned(object as JsonObject)
    return createObject(
      this.cluster,
      { resource: this.#resource(key), namespace },
      body,
      this.#options(),
    ) as unknown as T
  }

  /** Changes an object as it is now; nothing when it is gone. Throws ApiStatusError. */
  change<T extends KubeObject>(
    key: string,
    of: KubeObject,
    edit: (object: T) => void,
    subresource = '',
  ): T | undefined {
    const { namespace = '', name } = of.metadata
    const live = this.cluster.store.get(key, namespace, name)
    if (live === undefined || (live as unknown as KubeObject).metadata.uid !== of.metadata.uid) return undefined
    const next = cloned(live)
    edit(next as unknown as T)
    const target = { resource: this.#resource(key), namespace, name, subresource }
    return updateObject(this.cluster, target, next, this.#options()) as unknown as T
  }

  changeStatus<T extends KubeObject & { status: unknown }>(
    key: string,
    of: T,
    edit: (status: T['status']) => T['status'],
  ): void {
    this.change<T>(
      key,
      of,
      (object) => {
        object.status = edit(object.status ?? {})
      },
      'status',
    )
  }

  delete(key: string, of: KubeObject, options: DeleteOptions = {}): void {
    const { namespace = '', name, uid } = of.metadata
    try {
      deleteObject(
        this.cluster,
        { resource: this.#resource(key), namespace, name },
        { ...options, preconditions: { uid } },
      )
    } catch (error) {
      if (!isApiStatusError(error, 404) && !isApiStatusError(error, 409)) throw error
    }
  }

  /** Says what happened to an object; the same again counts up. */
  event(about: KubeObject, { type = 'Normal', reason, message, container, host }: EventText): void {
    const { metadata, kind, apiVersion } = about
    const namespace = metadata.namespace || 'default'
    if (this.cluster.store.get(keys.namespaces, '', namespace) === undefined) return
    const fieldPath = container === undefined ? undefined : `spec.containers{${container}}`
    const same = this.list<KubeObject & Record<string, unknown>>(keys.events, namespace).find((each) => {
      const involved = each.involvedObject as Record<string, unknown>
      return (
        each.reason === reason &&
        each.message === message &&
        involved.uid === metadata.uid &&
        involved.fieldPath === fieldPath
      )
    })
    if (same) {
      this.change<KubeObject & Record<string, unknown>>(keys.events, same, (object) => {
        object.count = Number(object.count ?? 1) + 1
        object.lastTimestamp = this.timestamp
      })
      return
    }
    const involvedObject = {
      kind,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      name: metadata.name,
      uid: metadata.uid,
      apiVersion,
      resourceVersion: metadata.resourceVersion,
      ...(fieldPath && { fieldPath }),
    }
    const suffix = (BigInt(this.now) * 1_000_000n + BigInt(this.cluster.store.revision % 1_000_000)).toString(16)
    const body = {
      metadata: { name: `${metadata.name}.${suffix}`, namespace },
      involvedObject,
      reason,
      message,
      type,
      source: { component: this.#name, ...(host && { host }) },
      firstTimestamp: this.timestamp,
      lastTimestamp: this.timestamp,
      count: 1,
      reportingComponent: this.#name,
      reportingInstance: host ?? '',
    }
    try {
      this.create(keys.events, namespace, body)
    } catch (error) {
      // A namespace that is going takes no more events; nobody misses them.
      if (!isApiStatusError(error)) throw error
    }
  }

  #resource(key: string): Resource {
    const found = this.cluster.resources.stored(key)
    if (found === undefined) throw noSuchResource()
    return found
  }

  #options() {
    return { asker: { user: { name: `system:${this.#name}`, groups: ['system:masters'] }, userAgent: this.#name } }
  }
}

/** The reference of what an object controls. */
export function ownerOf({ apiVersion, kind, metadata }: KubeObject): Owner {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }
}

/** Whether an object is controlled by another. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return (
    object.metadata.ownerReferences?.some((each) => each.controller === true && each.uid === owner.metadata.uid) ??
    false
  )
}

/** The controller of an object. */
export function controllerOf(object: KubeObject): Owner | undefined {
  return object.metadata.ownerReferences?.find((each) => each.controller === true)
}
