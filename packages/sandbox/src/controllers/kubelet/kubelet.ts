import type { StoreEvent } from '../../api/store/store.ts'
import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import type { Pod } from '../runtime/shapes.ts'
import { PodRun } from './pod-run.ts'

/** Plays the pods that are placed on nodes; call the answer to stop. */
export function runKubelet(client: Client, onBug: (error: unknown) => void): () => void {
  const { store } = client.cluster
  const runs = new Map<string, PodRun>()

  const follow = (pod: Pod) => {
    const { uid } = pod.metadata
    if (!pod.spec.nodeName) return
    let run = runs.get(uid)
    if (run === undefined) {
      run = new PodRun(client, pod, onBug)
      runs.set(uid, run)
      run.start()
    } else run.update(pod)
  }
  const hear = ({ type, resource, object, namespace }: StoreEvent) => {
    if (resource === keys.pods) {
      const pod = object as unknown as Pod
      if (type === 'DELETED') {
        runs.get(pod.metadata.uid)?.stop()
        runs.delete(pod.metadata.uid)
        client.cluster.logs.forget(pod.metadata.uid)
      } else setImmediate(() => guarded(onBug, () => follow(pod)))
      return
    }
    const isConfiguration = resource === keys.configMaps || resource === keys.secrets || resource === keys.claims
    const isNetwork = resource === keys.services || resource === keys.slices
    if (!isConfiguration && !isNetwork) return
    for (const run of runs.values()) {
      if (isConfiguration && run.namespace === namespace) run.retryConfiguration()
      if (isNetwork) run.checkSoon()
    }
  }
  const stopListening = store.listen(hear)
  for (const pod of client.list<Pod>(keys.pods)) follow(pod)
  return () => {
    stopListening()
    for (const run of runs.values()) run.stop()
  }
}

function guarded(onBug: (error: unknown) => void, task: () => void): void {
  try {
    task()
  } catch (error) {
    onBug(error)
  }
}
