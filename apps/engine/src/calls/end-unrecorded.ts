import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import { auditIds, commitStep, type Execution, named } from './execution.ts'

/** The audit fails closed: a call of which it takes no record ends as failed, and the run with it. */
export async function endUnrecorded(
  execution: Execution,
  { call, position, error, sentence }: { call: CallRow; position: Position; error: unknown; sentence: string },
): Promise<CallEnd> {
  execution.context.log.error({ err: error, ...auditIds(execution), call_id: call.call_id }, sentence)
  await commitStep(execution, {
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
    events: [{ type: 'tool.error', ...named(call), error: sentence, outcome: 'failed' }],
  })
  return { failed: sentence }
}
