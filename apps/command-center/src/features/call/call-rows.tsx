import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { ReactNode } from 'react'
import { CallLog, CallRow } from './call-row.tsx'
import { foldReads } from './fold-reads.ts'
import { ReadsFold } from './reads-fold.tsx'

type CallRowsProps = { calls: readonly CallView[]; conversationId: string | undefined; top?: ReactNode }

/** Calls that follow each other, a line each, or many in one. */
export function CallRows({ calls, conversationId, top }: CallRowsProps) {
  const row = (call: CallView) => <CallRow key={call.call_id} call={call} conversationId={conversationId} />
  return (
    <CallLog top={top}>
      {foldReads(calls).map((line) =>
        line.kind === 'call' ? (
          row(line.call)
        ) : (
          <ReadsFold key={`reads ${line.calls[0]?.call_id}`} calls={line.calls}>
            {line.calls.map(row)}
          </ReadsFold>
        ),
      )}
    </CallLog>
  )
}
