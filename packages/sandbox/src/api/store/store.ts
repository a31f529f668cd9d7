import { expired } from '../values/api-status-error.ts'
import { type JsonObject, textAt } from '../values/json.ts'

export type StoreEvent = {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** `GROUP/PLURAL`. */
  resource: string
  namespace: string
  name: string
  object: JsonObject
  previous: JsonObject | undefined
  revision: number
}
export type Change = {
  resource: string
  namespace: string
  name: string
  object: JsonObject | undefined
  revision: number
}

/** Events that a watch may start at. One that starts before them is refused and has to list again. */
const HISTORY = 10_000

/** Every object of the cluster, in memory, and the latest changes. Objects are never changed in place. */
export class Store {
  readonly #objects = new Map<string, Map<string, JsonObject>>()
  readonly #history: StoreEvent[] = []
  readonly #listeners = new Set<(event: StoreEvent) => void>()
  #revision: number
  #oldest: number
  readonly #keep: (change: Change) => void

  /** `keep` is called with every change before any listener. */
  constructor(initial: { revision: number; changes: Iterable<Change> }, keep: (change: Change) => void) {
    this.#keep = keep
    this.#revision = initial.revision
    for (const change of initial.changes) {
      this.#lay(change)
      this.#revision = Math.max(this.#revision, change.revision)
    }
    this.#oldest = this.#revision
  }

  get revision(): number {
    return this.#revision
  }

  get(resource: string, namespace: string, name: string): JsonObject | undefined {
    return this.#objects.get(resource)?.get(keyOf(namespace, name))
  }

  /** In the order of namespace and name. */
  list(resource: string, namespace?: string): JsonObject[] {
    return this.entries(resource, namespace).map(([, object]) => object)
  }

  entries(resource: string, namespace?: string): [string, JsonObject][] {
    const all = this.#objects.get(resource)
    if (all === undefined) return []
    const prefix = namespace === undefined ? '' : `${namespace}/`
    const found = prefix === '' ? [...all] : [...all].filter(([key]) => key.startsWith(prefix))
    return found.toSorted(([left], [right]) => (left < right ? -1 : 1))
  }

  /** As it was at a revision. Throws ApiStatusError when that is too long ago. */
  entriesAt(resource: string, namespace: string | undefined, revision: number): [string, JsonObject][] {
    if (revision >= this.#revision) return this.entries(resource, namespace)
    const then = new Map(this.entries(resource, namespace))
    for (const event of this.since(revision).toReversed()) {
      if (event.resource !== resource || (namespace !== undefined && event.namespace !== namespace)) continue
      const key = keyOf(event.namespace, event.name)
      if (event.previous === undefined) then.delete(key)
      else then.set(key, event.previous)
    }
    return [...then].toSorted(([left], [right]) => (left < right ? -1 : 1))
  }

  /** The changes after a revision. Throws ApiStatusError when they are not known any more. */
  since(revision: number): StoreEvent[] {
    if (revision < this.#oldest) {
      throw expired(`too old resource version: ${revision} (${this.#oldest})`)
    }
    let low = 0
    let high = this.#history.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#history[middle]?.revision ?? 0) > revision) high = middle
      else low = middle + 1
    }
    return this.#history.slice(low)
  }

  /** Every object, for a snapshot. */
  *all(): Iterable<Change> {
    for (const [resource, objects] of this.#objects) {
      for (const [key, object] of objects) {
        const slash = key.indexOf('/')
        const revision = Number(textAt(object, 'metadata', 'resourceVersion'))
        yield { resource, namespace: key.slice(0, slash), name: key.slice(slash + 1), object, revision }
      }
    }
  }

  /** Writes an object under the next revision, and gives it back with that. */
  put(resource: string, namespace: string, name: string, object: JsonObject): JsonObject {
    const previous = this.get(resource, namespace, name)
    const revision = this.#revision + 1
    const metadata = { ...(object.metadata as JsonObject), resourceVersion: String(revision) }
    const stored = { ...object, metadata }
    this.#commit({ resource, namespace, name, object: stored, revision })
    const type = previous === undefined ? 'ADDED' : 'MODIFIED'
    this.#tell({ type, resource, namespace, name, object: stored, previous, revision })
    return stored
  }

  /** Takes an object away; gives back its last form. */
  remove(resource: string, namespace: string, name: string): JsonObject | undefined {
    const previous = this.get(resource, namespace, name)
    if (previous === undefined) return undefined
    const revision = this.#revision + 1
    const metadata = { ...(previous.metadata as JsonObject), resourceVersion: String(revision) }
    const last = { ...previous, metadata }
    this.#commit({ resource, namespace, name, object: undefined, revision })
    this.#tell({ type: 'DELETED', resource, namespace, name, object: last, previous, revision })
    return last
  }

  /** Calls the listener with every change from now on, in order. Returns a function that stops it. */
  listen(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #commit(change: Change): void {
    this.#keep(change)
    this.#revision = change.revision
    this.#lay(change)
  }

  #lay({ resource, namespace, name, object }: Change): void {
    let objects = this.#objects.get(resource)
    if (objects === undefined) {
      objects = new Map()
      this.#objects.set(resource, objects)
    }
    if (object === undefined) objects.delete(keyOf(namespace, name))
    else objects.set(keyOf(namespace, name), object)
  }

  #tell(event: StoreEvent): void {
    this.#history.push(event)
    if (this.#history.length > HISTORY * 1.1) {
      const dropped = this.#history.splice(0, this.#history.length - HISTORY)
      this.#oldest = dropped.at(-1)?.revision ?? this.#oldest
    }
    for (const listener of this.#listeners) listener(event)
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`
}
