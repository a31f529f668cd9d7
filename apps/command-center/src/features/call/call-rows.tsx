import type { ReactNode } from 'react'
import type { CallView } from '../conversation/conversation-view.ts'
import { CallLog, CallRow } from './call-row.tsx'

type CallRowsProps = { calls: readonly CallView[]; conversationId: string | undefined; top?: ReactNode }

/** Calls that follow each other, a line each. */
export function CallRows({ calls, conversationId, top }: CallRowsProps) {
  return (
    <CallLog top={top}>
      {calls.map((call) => (
        <CallRow key={call.call_id} call={call} conversationId={conversationId} />
      ))}
    </CallLog>
  )
}
