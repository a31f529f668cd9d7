import type { Cluster } from '../../api/store/cluster.ts'
import type { StoreEvent } from '../../api/store/store.ts'
import { isApiStatusError } from '../../api/values/api-status-error.ts'
import type { KubeObject } from './shapes.ts'

/** Looks at one thing at a time, by its name, until it is as it should be. */
export type Controller = {
  name: string
  /** What has to be looked at after a change: `NAMESPACE/NAME` of what the controller keeps. */
  wakes(event: StoreEvent): readonly string[]
  /** Brings one thing closer. A number is when to look again, in milliseconds. Throws ApiStatusError to be called again soon. */
  reconcile(namespace: string, name: string): number | undefined
}

const AGAIN_AFTER_FAULT_MS = 2_000

/** Runs controllers on the changes of a cluster; call the answer to stop them. */
export function runControllers(
  { store, clock }: Cluster,
  controllers: readonly Controller[],
  onBug: (error: unknown) => void,
): () => void {
  const queue = new Map<string, { controller: Controller; key: string }>()
  const timers = new Map<string, () => void>()
  let isStopped = false
  let isScheduled = false

  const add = (controller: Controller, key: string) => {
    queue.set(`${controller.name} ${key}`, { controller, key })
    if (isScheduled || isStopped) return
    isScheduled = true
    setImmediate(work)
  }
  const later = (controller: Controller, key: string, milliseconds: number) => {
    const id = `${controller.name} ${key}`
    timers.get(id)?.()
    const stop = clock.after(milliseconds, () => {
      timers.delete(id)
      add(controller, key)
    })
    timers.set(id, stop)
  }
  const work = () => {
    isScheduled = false
    if (isStopped) return
    const batch = [...queue]
    queue.clear()
    for (const [, { controller, key }] of batch) {
      const slash = key.indexOf('/')
      try {
        const again = controller.reconcile(key.slice(0, slash), key.slice(slash + 1))
        if (again !== undefined) later(controller, key, again)
      } catch (error) {
        if (!isApiStatusError(error)) onBug(error)
        later(controller, key, AGAIN_AFTER_FAULT_MS)
      }
    }
  }
  const hear = (event: StoreEvent) => {
    for (const controller of controllers) for (const key of controller.wakes(event)) add(controller, key)
  }
  const stopListening = store.listen(hear)
  for (const { resource, namespace, name, object } of store.all()) {
    if (object !== undefined) {
      hear({ type: 'ADDED', resource, namespace, name, object, previous: undefined, revision: store.revision })
    }
  }
  return () => {
    isStopped = true
    stopListening()
    for (const stop of timers.values()) stop()
  }
}

/** The thing itself. */
export function itself({ namespace, name }: StoreEvent): readonly string[] {
  return [`${namespace}/${name}`]
}

/** What controls the object that changed, when it is of that kind. */
export function ownersOf(event: StoreEvent, kind: string): readonly string[] {
  const objects = [event.object, event.previous] as unknown as (KubeObject | undefined)[]
  const names = objects.flatMap(
    (each) => each?.metadata.ownerReferences?.filter((owner) => owner.kind === kind).map(({ name }) => name) ?? [],
  )
  return [...new Set(names)].map((name) => `${event.namespace}/${name}`)
}
