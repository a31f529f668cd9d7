import type { CallView } from '../conversation/conversation-view.ts'
import { CallLog, CallRow } from './call-row.tsx'

/** Reads that follow each other, a line each. */
export function CallRows({ calls, conversationId }: { calls: readonly CallView[]; conversationId: string }) {
  return (
    <CallLog>
      {calls.map((call) => (
        <CallRow key={call.call_id} call={call} conversationId={conversationId} />
      ))}
    </CallLog>
  )
}
