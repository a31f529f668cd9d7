'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { lazy, Suspense, useSyncExternalStore } from 'react'
import { LoadBoundary } from '../../ui/loading/load-boundary.tsx'
import { useLiveOutput } from '../conversation/conversations-provider.tsx'
import { StatusLine } from './status-line.tsx'
import { takesResult } from './takes-result.ts'

/** The viewer comes with the first output that is to be seen. */
const CallTerminals = lazy(async () => ({ default: (await import('./call-terminals.tsx')).CallTerminals }))

type CallOutputProps = { call: CallView; conversationId?: string }

/** What a call wrote, while it runs and after, and its result where that is output too. Nothing where there is neither. */
export function CallOutput({ call, conversationId }: CallOutputProps) {
  const live = useLiveOutput()
  const output = useSyncExternalStore(
    (listener) => live.subscribe(call.call_id, listener),
    () => live.read(call.call_id),
    () => undefined,
  )
  const hasPieces = output !== undefined && (output.pieces.length > 0 || output.dropped > 0)
  const hasStored = call.progress !== undefined && conversationId !== undefined
  if (!hasPieces && !hasStored && !takesResult(call.result)) {
    return output?.status === undefined ? null : <StatusLine status={output.status} />
  }
  return (
    <LoadBoundary
      fallback={<p className="text-sm text-loss">The viewer of the output could not be loaded. Reload the page.</p>}
    >
      <Suspense fallback={<div className="h-30 rounded-md bg-terminal" />}>
        <CallTerminals call={call} conversationId={conversationId} output={output} />
      </Suspense>
    </LoadBoundary>
  )
}
