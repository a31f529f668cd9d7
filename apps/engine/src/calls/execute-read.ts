import { RunInterrupted, wasStopped } from '@fairlead/agent/abort'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import type { CallAnswer } from '../mcp-client/call-answer.ts'
import { type CallOutcome, endCall } from './end-call.ts'
import { endUnrecorded } from './end-unrecorded.ts'
import { callIdentity, commitStep, type Execution, named } from './execution.ts'
import { LeaseLost } from './lease-lost.ts'
import { listenToProgress } from './progress.ts'

/** Runs a call that only looks. One that an engine left under way is sent again. */
export async function executeRead(execution: Execution, call: CallRow, position: Position): Promise<CallEnd> {
  const { context, signal } = execution
  if (call.status !== 'executing') {
    await commitStep(execution, {
      position,
      facts: async (tx) => {
        await advanceCall(tx, call.call_id, { from: ['pending'], to: 'executing', started_at: new Date() })
      },
      events: [{ type: 'tool.executing', ...named(call), args: call.args }],
    })
  }
  const progress = listenToProgress(execution, call.call_id)
  const answer = await context.tools.call({
    name: call.tool,
    args: call.args,
    meta: { ...(await callIdentity(execution)) },
    callId: call.call_id,
    signal,
    onProgress: progress.onProgress,
  })
  const kept = { call, position, progress: progress.text() }
  if (answer.kind === 'aborted') {
    if (!wasStopped(signal)) throw new RunInterrupted('lost-ownership')
    await endCall(execution, { ...kept, end: { outcome: 'failed', error: 'Stopped' } })
    return 'stopped'
  }
  try {
    await endCall(execution, { ...kept, end: outcomeOf(answer) })
    return 'done'
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    const sentence = 'The result could not be recorded, so nobody is shown it.'
    return await endUnrecorded(execution, { call, position, error, sentence })
  }
}

function outcomeOf(answer: Exclude<CallAnswer, { kind: 'aborted' }>): CallOutcome {
  if (answer.kind !== 'answered') return { outcome: 'failed', error: answer.sentence }
  if (answer.isError) return { outcome: 'failed', error: answer.text }
  return { outcome: 'succeeded', blocks: answer.blocks, text: answer.text }
}
