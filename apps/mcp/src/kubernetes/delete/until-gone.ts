import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../../kube/api-resource.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { ToolContext } from '../../tool-context.ts'
import { ToolError } from '../../tool-error.ts'

const pollMs = 1_000

/** Waits until the object of that uid is gone; the object as last seen when the time was over first. */
export async function untilGone(
  target: Target,
  uid: string,
  { kube, signal, progress }: Pick<ToolContext, 'kube' | 'signal' | 'progress'>,
  timeoutMs: number,
): Promise<KubeObject | undefined> {
  const timeUp = AbortSignal.timeout(timeoutMs)
  const over = AbortSignal.any([signal, timeUp])
  let said = ''
  for (;;) {
    const current = await kube.find(target)
    if (current === undefined || current.metadata.uid !== uid) return undefined
    const state = waitingFor(current)
    if (state !== said) progress('status', `${state}\n`)
    said = state
    if (over.aborted) return current
    await somethingHappens(target, current, kube, over)
  }
}

/** What a deletion still waits for, in words. */
export function waitingFor({ metadata: { finalizers = [], deletionTimestamp } }: KubeObject): string {
  if (finalizers.length > 0) return `waiting for finalizers: [${finalizers.join(', ')}]`
  return deletionTimestamp === undefined ? 'waiting for the deletion to begin' : 'waiting for it to terminate'
}

/** Returns at the next change of the object, or after a moment where it cannot be watched. */
async function somethingHappens(
  { resource, namespace, name }: Target,
  { metadata: { resourceVersion } }: KubeObject,
  kube: ToolContext['kube'],
  over: AbortSignal,
): Promise<void> {
  const watching = new AbortController()
  const signal = AbortSignal.any([over, watching.signal])
  const options = { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion, signal }
  try {
    for await (const event of kube.watch(resource, options)) {
      if (event.type !== 'ERROR') return
      break
    }
  } catch (error) {
    if (over.aborted) return
    if (!(error instanceof ToolError)) throw error
  } finally {
    watching.abort()
  }
  // The watch ended without news or is not allowed: look again, without haste.
  await sleep(pollMs, undefined, { signal: over }).catch(() => undefined)
}
