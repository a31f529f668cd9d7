import { RunInterrupted, wasStopped } from '@fairlead/agent/abort'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import type { CallAnswer } from '../mcp-client/call-answer.ts'
import { callRef } from './call-ref.ts'
import type { CallOutcome, EndCall } from './end-call.ts'
import { endUnrecorded } from './end-unrecorded.ts'
import { LeaseLost } from './lease-lost.ts'
import { listenToProgress } from './progress.ts'
import type { CommitStep } from './run-record.ts'
import type { ToolCaller } from './tool-caller.ts'

type Ports = {
  commitStep: CommitStep
  endCall: EndCall
  callTool: ToolCaller['call']
  sendEvent(event: RunEventBody): void
  signal: AbortSignal
  log: { error(fields: object, sentence: string): void }
}

/** Runs a call that only reads. One that an engine left under way is sent again. */
export type ExecuteRead = (call: CallRow, position: Position) => Promise<CallEnd>

export function createReadExecution(ports: Ports): ExecuteRead {
  const { commitStep, endCall, callTool, sendEvent, signal, log } = ports
  return async (call, position) => {
    if (call.status !== 'executing') {
      await commitStep({
        position,
        facts: async (tx) => {
          await advanceCall(tx, call.call_id, { from: ['pending'], to: 'executing', started_at: new Date() })
        },
        events: [{ type: 'tool.executing', ...callRef(call), args: call.args }],
      })
    }
    const progress = listenToProgress(sendEvent, call.call_id)
    const answer = await callTool(call, { signal, onProgress: progress.onProgress })
    const kept = { call, position, progress: progress.text() }
    if (answer.kind === 'aborted') {
      if (!wasStopped(signal)) throw new RunInterrupted('lost-ownership')
      await endCall({ ...kept, end: { outcome: 'failed', error: 'Stopped' } })
      return 'stopped'
    }
    try {
      await endCall({ ...kept, end: outcomeOf(answer) })
      return 'done'
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      const sentence = 'The result could not be recorded, so nobody is shown it.'
      return await endUnrecorded({ commitStep, log }, { call, position, error, sentence })
    }
  }
}

function outcomeOf(answer: Exclude<CallAnswer, { kind: 'aborted' }>): CallOutcome {
  if (answer.kind !== 'answered') return { outcome: 'failed', error: answer.sentence }
  if (answer.isError) return { outcome: 'failed', error: answer.text }
  return { outcome: 'succeeded', blocks: answer.blocks, text: answer.text }
}
