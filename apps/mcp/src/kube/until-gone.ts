import type { KubeObject } from '../effect/kube-object.ts'
import { awaitObject } from './await-object.ts'
import type { Target } from './discovery/api-resource.ts'
import type { KubeContext } from './kube-context.ts'

/** Waits until the object of that uid is gone; the object as last seen when the time was over first. */
export async function untilGone(
  target: Target,
  uid: string,
  { kube, signal, progress }: Pick<KubeContext, 'kube' | 'signal' | 'progress'>,
  timeoutMs: number,
): Promise<KubeObject | undefined> {
  const isGone = (live: KubeObject | undefined): boolean => live?.metadata.uid !== uid
  let said = ''
  const say = (live: KubeObject): void => {
    const state = waitingFor(live)
    if (state !== said) progress('status', `${state}\n`)
    said = state
  }
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const first = await kube.find(target)
  if (first === undefined || isGone(first)) return undefined
  say(first)
  const last = await awaitObject(kube, target, { from: first, until: isGone, signal: over, seen: say })
  return isGone(last) ? undefined : last
}

/** What a deletion still waits for, in words. */
export function waitingFor({ metadata: { finalizers = [], deletionTimestamp } }: KubeObject): string {
  if (finalizers.length > 0) return `waiting for finalizers: [${finalizers.join(', ')}]`
  return deletionTimestamp === undefined ? 'waiting for the deletion to begin' : 'waiting for it to terminate'
}
