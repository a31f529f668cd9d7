'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { api } from '../../api.ts'
import { CallOutput } from '../output/call-output.tsx'
import { takesResult } from '../output/takes-result.ts'
import { LongText } from '../values/long-text.tsx'
import { resultText } from '../values/result-text.ts'

type CallResultProps = { call: CallView; conversationId: string | undefined }

/** Live output, then what came of the call. */
export function CallResult({ call, conversationId }: CallResultProps) {
  const { result, error, tool, call_id } = call
  const text = resultText(result)
  const blob = result?.find((block) => block.blob !== undefined)?.blob
  const isDenial = call.status === 'denied' || call.status === 'expired'
  return (
    <>
      <CallOutput call={call} conversationId={conversationId} />
      {error !== undefined && (
        <div className="rounded-md border border-loss/40 bg-loss-soft p-2 text-sm">
          <p className="mb-1 font-medium text-loss">{call.outcome === 'unknown' ? 'What is known' : 'Error'}</p>
          <LongText label="Error" text={error} fileName={`${tool}-${call_id}-error.txt`} />
        </div>
      )}
      {text !== '' && !isDenial && !takesResult(result) && (
        <LongText
          label={`Result of ${call.title || tool}`}
          text={text}
          fileName={`${tool}-${call_id}.txt`}
          loadWhole={
            blob === undefined || conversationId === undefined
              ? undefined
              : async () => {
                  const params = { id: conversationId, sha256: blob.sha256 }
                  return await (await api.open('GET /conversations/:id/blobs/:sha256', { params })).text()
                }
          }
        />
      )}
    </>
  )
}
