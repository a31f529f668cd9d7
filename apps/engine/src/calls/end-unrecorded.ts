import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import { callRef } from './call-ref.ts'
import type { CommitStep } from './run-record.ts'

type Ports = { commitStep: CommitStep; log: { error(fields: object, sentence: string): void } }
type Unrecorded = { call: CallRow; position: Position; error: unknown; sentence: string }

/** The audit fails closed: a call of which it takes no record ends as failed, and the run with it. */
export async function endUnrecorded(
  { commitStep, log }: Ports,
  { call, position, error, sentence }: Unrecorded,
): Promise<CallEnd> {
  log.error({ err: error, call_id: call.call_id }, sentence)
  await commitStep({
    position,
    facts: async (tx) => {
      await advanceCall(tx, call.call_id, {
        from: ['approved', 'executing'],
        to: 'error',
        outcome: 'failed',
        error: sentence,
        tool_message: `Tool error: ${sentence}`,
        ended_at: new Date(),
      })
    },
    events: [{ type: 'tool.error', ...callRef(call), error: sentence, outcome: 'failed' }],
  })
  return { failed: sentence }
}
