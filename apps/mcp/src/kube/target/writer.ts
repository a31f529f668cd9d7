import type { KubeObject } from '../../effect/kube-object.ts'
import { AnswerLost } from '../../target/answer-lost.ts'
import type { Caller } from '../caller.ts'
import type { Cluster } from '../cluster.ts'
import type { Target } from '../discovery/api-resource.ts'
import { ApiError, mayBeDone } from '../http/api-error.ts'
import { sendOnce, warningsOf } from '../http/http.ts'
import { preconditionOf, type Write, writeRequest } from '../write.ts'

/**
 * The only way to change anything in the cluster. `live` is what the write is based on; undefined for a creation. Throws
 * ApiError when the server refused, AnswerLost when nobody knows. Not bound to the call's signal: what is under way is
 * finished, so that its outcome is known.
 */
export type Writer = (target: Target, write: Write, live: KubeObject | undefined) => Promise<KubeObject>

export function createWriter({
  cluster,
  caller,
  fieldManager,
  userAgent,
  timeoutMs,
  requireTime,
  warn,
}: {
  cluster: Cluster
  caller: Caller
  fieldManager: string
  /** Ends with `call/<call_id>`, so that the cluster's audit log names the approval. */
  userAgent: string
  timeoutMs: number
  /** Throws once the permit's time is over, on whatever way a request came so far. */
  requireTime: () => void
  warn: (warning: string) => void
}): Writer {
  return async (target, write, live) => {
    if (live === undefined && write.verb !== 'create')
      throw new TypeError(`A ${write.verb} without what it is based on`)
    const precondition = live === undefined ? undefined : preconditionOf(live)
    const { body, headers } = await sendOnce(cluster, {
      ...writeRequest(target, write, { precondition, dryRun: false, fieldManager }),
      caller,
      userAgent,
      signal: AbortSignal.timeout(timeoutMs),
      requireTime,
    }).catch((fault: unknown) => {
      if (!(fault instanceof ApiError) || !mayBeDone(fault)) throw fault
      const reason = fault.reason === '' ? '' : `, ${fault.reason}`
      throw new AnswerLost(`the API server failed to answer (status ${fault.status}${reason})`, { cause: fault })
    })
    for (const warning of warningsOf(headers)) warn(warning)
    return body as KubeObject
  }
}
