import type { ToolAnswer, ToolErrorCode } from '@fairlead/contract/tool/tool-meta'
import { AnswerLost } from '../target/answer-lost.ts'
import { type ObjectWritten, refOfObject } from '../target/object-written.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { GatedWriteCall } from './gated-write-call.ts'

/** A read that is cut off has done nothing, so why its answer is missing says enough. */
function codeOf({ cause }: AnswerLost, signal: AbortSignal): ToolErrorCode {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return 'Timeout'
  return signal.aborted ? 'Cancelled' : 'Unavailable'
}

/** Runs a command that only reads: the same plan as an approved execution, without a permit and without a writer. */
export async function executeRead({ plan: planCall, target, context }: GatedWriteCall): Promise<ToolAnswer> {
  const plan = await planCall({})
  const [planned] = plan.objects
  const objectPlan = await planned?.plan()
  if (objectPlan === undefined) throw new TypeError('A read-only command has one object')
  target.requireWritable(objectPlan)
  const namespace = plan.namespace === undefined ? {} : { namespace: plan.namespace }
  const failed = (error: ToolError): ToolAnswer => {
    const ref = refOfObject({ ...objectPlan.ref, action: objectPlan.action, changes: [] })
    const written: ObjectWritten = { outcome: { ref, outcome: 'failed', error: error.text }, tries: 1, error }
    if (plan.reportFailure === undefined) throw error
    return { ...plan.reportFailure([written]), error: true, ...namespace }
  }
  try {
    await target.read(objectPlan)
  } catch (error) {
    if (error instanceof AnswerLost) return failed(new ToolError(codeOf(error, context.signal), error.message))
    if (error instanceof ToolError) return failed(error)
    throw error
  }
  const report = plan.report([objectPlan])
  return { ...(typeof report === 'string' ? { output: report } : report), error: false, ...namespace }
}
