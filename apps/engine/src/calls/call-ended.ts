import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import type { CallRow } from '../event-log/record/calls.ts'

type End = { outcome: 'succeeded' | 'failed' | 'unknown'; objects?: ObjectOutcome[]; recovered?: boolean } & (
  | { result: CallRow['result'] }
  | { error: string }
)

/** The audit's line of how a call ended. */
export function callEnded(call: CallRow, { outcome, objects, recovered, ...result }: End) {
  return {
    actor: 'engine',
    call_id: call.call_id,
    type: 'call.ended' as const,
    data: {
      tool: call.tool,
      class: call.class,
      args: call.args,
      outcome,
      recovered: recovered ?? false,
      objects: objects ?? null,
      ...result,
    },
  }
}
