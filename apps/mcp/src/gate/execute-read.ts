import type { ToolAnswer, ToolErrorCode } from '@fairlead/contract/tool/tool-meta'
import { credentialsRefused, touchesCredentials } from '../kube/credentials-namespace.ts'
import { AnswerLost } from '../kube/http/http.ts'
import type { PodStreams } from '../kube/pod-streams/pod-streams.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { WriteCallInHand } from './write-call.ts'
import { type ObjectWritten, refOfObject } from './write-object.ts'

/** Of a look nothing is lost but its answer, so why that is missing says enough. */
function codeOf({ cause }: AnswerLost, signal: AbortSignal): ToolErrorCode {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return 'Timeout'
  return signal.aborted ? 'Cancelled' : 'Unavailable'
}

/** Runs what only looks: the same plan as an approved execution, without a permit, and with nothing in hand that writes. */
export async function executeRead({ call, context }: WriteCallInHand, streams: PodStreams): Promise<ToolAnswer> {
  const plan = await call.plan({ ...context, pins: {} })
  const [planned] = plan.objects
  const seen = await planned?.plan()
  if (seen === undefined || !('act' in seen)) throw new TypeError('What only looks is one act')
  if (touchesCredentials(seen.target, context.settings)) throw credentialsRefused()
  const namespace = plan.namespace === undefined ? {} : { namespace: plan.namespace }
  const failed = (error: ToolError): ToolAnswer => {
    const ref = refOfObject({ ...seen.ref, action: seen.action, changes: [] })
    const written: ObjectWritten = { outcome: { ref, outcome: 'failed', error: error.text }, tries: 1, error }
    if (plan.reportFailure === undefined) throw error
    return { ...plan.reportFailure([written]), error: true, ...namespace }
  }
  try {
    await seen.act.run(streams)
  } catch (error) {
    if (error instanceof AnswerLost) return failed(new ToolError(codeOf(error, context.signal), error.message))
    if (error instanceof ToolError) return failed(error)
    throw error
  }
  const report = plan.report([seen])
  return { ...(typeof report === 'string' ? { output: report } : report), error: false, ...namespace }
}
