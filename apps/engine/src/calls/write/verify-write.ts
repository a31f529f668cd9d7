import { wasStopped } from '@fairlead/agent/abort'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { delimitOutput } from '@fairlead/agent/tool-output'
import type { Verification } from '@fairlead/contract/effect/effect'
import { type CallRow, completeCall, readCall } from '../../event-log/record/calls.ts'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import { commitStep, type Execution } from '../execution.ts'
import type { RunContext } from '../run-context.ts'
import { isStillOurs } from '../tool-now.ts'
import { isComparable, readBack } from './reconcile-write.ts'

/** Beyond the waiting itself, for the reading. */
const READ_MS = 30_000
const LAST_LOOK_MS = 5_000

/**
 * Reads an executed write back and compares it with what was approved. The verdict goes to the record, the stream and
 * the model. A stop ends the waiting; the verdict is then what can be read at once. Of somebody else's server there is
 * nothing to read, and that is said.
 */
export async function verifyWrite(execution: Execution, approved: ApprovedCall, position: Position): Promise<CallEnd> {
  const { context, signal } = execution
  const { call, approval } = approved
  if (approval.effect.basis === 'unknown') {
    await record(execution, call, {
      position,
      verdict: { ...notReadable, reason: "This server's writes cannot be verified." },
    })
    return wasStopped(signal) ? 'stopped' : 'done'
  }
  if (!isComparable(approval.effect) || !(await isStillOurs(execution, approved))) return 'done'
  const waitSeconds = context.settings.verifyWaitSeconds
  const limit = AbortSignal.timeout(waitSeconds * 1000 + READ_MS)
  let verification = await readBack(execution, approved, { waitSeconds, signal: AbortSignal.any([signal, limit]) })
  const isStopped = wasStopped(signal)
  if (verification === undefined && isStopped) {
    verification = await readBack(execution, approved, { waitSeconds: 0, signal: AbortSignal.timeout(LAST_LOOK_MS) })
  }
  await record(execution, call, { position, verdict: verification ?? notReadable })
  return isStopped ? 'stopped' : 'done'
}

const notReadable: Verification = { verdict: 'unreadable', waited_ms: 0, objects: [] }

async function record(
  execution: Execution,
  call: CallRow,
  { position, verdict }: { position: Position; verdict: Verification },
): Promise<void> {
  const { context } = execution
  const recorded = await readCall(context.db, call.call_id)
  await commitStep(execution, {
    position,
    facts: (tx) =>
      completeCall(tx, call.call_id, {
        verdict,
        tool_message: `${recorded?.tool_message ?? ''}\n${verdictMessage(call, verdict, context.settings)}`,
      }),
    events: [{ type: 'tool.verified', call_id: call.call_id, ...verdict }],
    audit: [{ actor: 'engine', call_id: call.call_id, type: 'verdict', data: { tool: call.tool, ...verdict } }],
  })
}

/** The verdict as the model reads it, in the same message as the result; what objects hold is as little to be believed. */
function verdictMessage(
  { tool, call_id }: CallRow,
  { verdict, objects, reason }: Verification,
  { toolResultMaxChars }: RunContext['settings'],
): string {
  const head = [`Verdict of the engine: ${verdict}.`, reason].filter((part) => part !== undefined).join(' ')
  if (verdict === 'as_approved') return head
  const differences = objects
    .filter((object) => object.verdict !== 'as_approved')
    .map(({ ref, verdict: own, differences: found }) =>
      JSON.stringify({ object: `${ref.kind}/${ref.name}`, verdict: own, differences: found }),
    )
  const read = delimitOutput({ tool, callId: call_id, text: differences.join('\n') }, toolResultMaxChars)
  return [head, ...(differences.length > 0 ? [read] : []), 'Look further before you sum up.'].join('\n')
}
