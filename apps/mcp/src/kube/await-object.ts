import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../effect/kube-object.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { Target } from './discovery/api-resource.ts'
import type { Kube } from './kube.ts'

const POLL_MS = 1_000

/**
 * Watches one object from what was just read of it until `until` holds, and returns what it was last: undefined when it
 * is gone. The end of `signal` ends the waiting, not the call.
 */
export async function awaitObject(
  kube: Kube,
  target: Target,
  {
    from,
    until,
    signal,
    seen,
  }: {
    from: KubeObject | undefined
    until: (live: KubeObject | undefined) => boolean
    signal: AbortSignal
    /** Called with each state that is not the end. */
    seen?: (live: KubeObject) => void
  },
): Promise<KubeObject | undefined> {
  let live = from
  while (!signal.aborted && !until(live)) {
    let isHeard = false
    try {
      const events = kube.watch(target.resource, {
        namespace: target.namespace,
        fieldSelector: `metadata.name=${target.name}`,
        resourceVersion: live?.metadata.resourceVersion,
        signal,
      })
      for await (const event of events) {
        if (event.type === 'ERROR') break
        isHeard = true
        live = event.type === 'DELETED' ? undefined : event.object
        if (until(live)) return live
        if (live !== undefined) seen?.(live)
      }
    } catch (error) {
      // Who may read but not watch gets there by reading.
      if (!(error instanceof ToolError)) throw error
    }
    // The server ends a watch when it likes; what happened meanwhile is read, so that nothing is missed. One that ends
    // them at once is not asked without a pause.
    if (!isHeard) await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) live = await kube.find(target)
  }
  return live
}
