import { wasStopped } from '@fairlead/agent/abort'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { delimitOutput } from '@fairlead/agent/tool-output'
import type { Verification } from '@fairlead/contract/effect/effect'
import type { Db } from '../../db/database.ts'
import { type CallRow, completeCall, readCall } from '../../event-log/record/calls.ts'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import type { CommitStep } from '../run-record.ts'
import type { ToolTrust } from '../tool-trust.ts'
import type { ReadBack } from './read-back.ts'
import { isComparable } from './reconcile-write.ts'

/** Beyond the waiting itself, for the reading. */
const READ_MS = 30_000
const LAST_READ_MS = 5_000

/**
 * Reads an executed write back and compares it with what was approved. The verdict goes to the record, the stream and
 * the model. A stop ends the waiting; the verdict is then what can be read at once. Of somebody else's server there is
 * nothing to read, and the verdict says so.
 */
export type VerifyWrite = (approved: ApprovedCall, position: Position) => Promise<CallEnd>

type Ports = {
  db: Db
  commitStep: CommitStep
  readBack: ReadBack
  isStillTrusted: ToolTrust['isStillTrusted']
  settings: { verifyWaitSeconds: number; toolResultMaxChars: number }
  signal: AbortSignal
}

const notReadable: Verification = { verdict: 'unreadable', waited_ms: 0, objects: [] }

export function createVerification(ports: Ports): VerifyWrite {
  const { db, commitStep, readBack, isStillTrusted, settings, signal } = ports

  async function record(call: CallRow, position: Position, verdict: Verification): Promise<void> {
    const recorded = await readCall(db, call.call_id)
    const message = verdictMessage(call, verdict, settings.toolResultMaxChars)
    await commitStep({
      position,
      facts: (tx) =>
        completeCall(tx, call.call_id, { verdict, tool_message: `${recorded?.tool_message ?? ''}\n${message}` }),
      events: [{ type: 'tool.verified', call_id: call.call_id, ...verdict }],
      audit: [{ actor: 'engine', call_id: call.call_id, type: 'verdict', data: { tool: call.tool, ...verdict } }],
    })
  }

  return async (approved, position) => {
    const { call, approval } = approved
    if (approval.effect.basis === 'unknown') {
      await record(call, position, { ...notReadable, reason: "This server's writes cannot be verified." })
      return wasStopped(signal) ? 'stopped' : 'done'
    }
    if (!isComparable(approval.effect) || !(await isStillTrusted(approved))) return 'done'
    const waitSeconds = settings.verifyWaitSeconds
    const limit = AbortSignal.timeout(waitSeconds * 1000 + READ_MS)
    let verification = await readBack(approved, { waitSeconds, signal: AbortSignal.any([signal, limit]) })
    const isStopped = wasStopped(signal)
    if (verification === undefined && isStopped) {
      verification = await readBack(approved, { waitSeconds: 0, signal: AbortSignal.timeout(LAST_READ_MS) })
    }
    await record(call, position, verification ?? notReadable)
    return isStopped ? 'stopped' : 'done'
  }
}

/** The verdict as the model reads it, in the same message as the result; what objects hold is as little to be believed. */
function verdictMessage({ tool }: CallRow, { verdict, objects, reason }: Verification, maxChars: number): string {
  const head = [`Verdict of the engine: ${verdict}.`, reason].filter((part) => part !== undefined).join(' ')
  if (verdict === 'as_approved') return head
  const differences = objects
    .filter((object) => object.verdict !== 'as_approved')
    .map(({ ref, verdict: own, differences: found }) =>
      JSON.stringify({ object: `${ref.kind}/${ref.name}`, verdict: own, differences: found }),
    )
  const output = delimitOutput({ tool, text: differences.join('\n') }, maxChars)
  return [head, ...(differences.length > 0 ? [output] : []), 'Look further before you sum up.'].join('\n')
}
