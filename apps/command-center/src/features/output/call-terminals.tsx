'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { useMemo, useState } from 'react'
import { Disclosure } from '../../ui/disclosure.tsx'
import { formatTime } from '../../ui/format/format-time.ts'
import type { OutputOfCall } from '../conversation/live-output.ts'
import { OutputPanel } from './output-panel.tsx'
import { readBlob } from './read-blob.ts'
import { compareOutput } from './same-output.ts'
import { StatusLine } from './status-line.tsx'
import { takesResult, textOfResult } from './takes-result.ts'
import { useLiveSession, useTextSession } from './use-session.ts'
import { useStoredOutput } from './use-stored-output.ts'

type CallTerminalsProps = { call: CallView; conversationId: string | undefined; output: OutputOfCall | undefined }

/**
 * One terminal while a call runs. After it, the result takes its place where it is the same text; where it is
 * something else, what was shown live folds above it.
 */
export function CallTerminals({ call, conversationId, output }: CallTerminalsProps) {
  const hasPieces = output !== undefined && output.pieces.length > 0
  const stored = useStoredOutput(hasPieces ? undefined : call.progress?.blob, conversationId)
  const pieces = useMemo(() => {
    if (output !== undefined && output.pieces.length > 0) return () => output.pieces.map(({ text }) => text)
    return stored.text === undefined ? undefined : () => [stored.text ?? '']
  }, [output, stored.text])
  const result = textOfResult(call.result)
  const blob = call.result?.find((block) => block.blob !== undefined)?.blob
  const isEnded = call.status !== 'executing' && call.status !== 'approved'
  const relation = useMemo(
    () =>
      isEnded && result !== '' && pieces !== undefined
        ? compareOutput(pieces(), result, blob !== undefined)
        : undefined,
    [isEnded, result, pieces, blob],
  )
  const isTaken = takesResult(call.result)
  const named = { call, title: call.title || call.tool, fileName: `${call.tool}-${call.call_id}.log` }

  if (pieces === undefined) {
    if (isTaken) return <ResultOutput {...named} conversationId={conversationId} />
    if (stored.error !== undefined) return <p className="text-sm text-loss">{stored.error}</p>
    return stored.isLoading ? <p className="text-sm text-ink-3">Reading the live output…</p> : null
  }
  const live = (
    <LiveOutput
      {...named}
      output={output}
      storedText={stored.text}
      isEnded={isEnded}
      rest={relation?.kind === 'more' && isTaken ? relation.rest : undefined}
      readRaw={async () => {
        const isResult = relation !== undefined && relation.kind !== 'other' && isTaken
        if (!isResult) return pieces()
        return [blob === undefined ? result : await readBlob(conversationId, blob)]
      }}
    />
  )
  if (relation === undefined) return live
  if (relation.kind === 'same' || relation.kind === 'more') return isTaken ? live : null
  return (
    <div className="space-y-2">
      {relation.kind === 'other' && <FoldedOutput count={linesOf(pieces())}>{live}</FoldedOutput>}
      {isTaken && <ResultOutput {...named} conversationId={conversationId} />}
    </div>
  )
}

type NamedProps = { call: CallView; title: string; fileName: string }

function LiveOutput({
  call,
  output,
  storedText,
  isEnded,
  rest,
  ...shown
}: NamedProps & {
  output: OutputOfCall | undefined
  storedText: string | undefined
  isEnded: boolean
  rest: string | undefined
  readRaw: () => Promise<readonly string[]>
}) {
  const session = useLiveSession(call, { output, storedText, rest, isEnded })
  const endedAt = output?.endedAt ?? (call.ended_at === undefined ? undefined : Date.parse(call.ended_at))
  const isBroken = isEnded && call.status !== 'completed'
  return (
    <OutputPanel
      {...shown}
      session={session}
      isLive={!isEnded}
      head={output?.status === undefined ? undefined : <StatusLine status={output.status} isInside />}
      foot={isBroken ? <EndLine at={endedAt} /> : undefined}
    />
  )
}

function ResultOutput({ call, title, fileName, conversationId }: NamedProps & { conversationId: string | undefined }) {
  const [whole, setWhole] = useState<string | undefined>(undefined)
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle')
  const blob = call.result?.find((block) => block.blob !== undefined)?.blob
  const text = whole ?? textOfResult(call.result)
  const session = useTextSession(
    { callId: call.call_id, part: whole === undefined ? 'result' : 'whole' },
    text,
    whole === undefined ? blob : undefined,
  )
  const loadAll = async () => {
    if (blob === undefined) return
    setState('loading')
    try {
      setWhole(await readBlob(conversationId, blob))
      setState('idle')
    } catch {
      setState('failed')
    }
  }
  const canLoad = blob !== undefined && whole === undefined && conversationId !== undefined
  return (
    <OutputPanel
      session={session}
      title={title}
      fileName={fileName}
      isLive={false}
      readRaw={async () => [canLoad ? await readBlob(conversationId, blob) : text]}
      foot={
        canLoad && (
          <p className="flex items-center gap-3 border-t border-(--gutter-line) px-3 py-1 text-xs text-(--quiet-ink)">
            {state === 'failed' ? 'The whole output could not be read.' : 'The middle of this output was left out.'}
            <button
              type="button"
              onClick={() => void loadAll()}
              aria-disabled={state === 'loading'}
              className="min-h-6 cursor-pointer rounded-sm font-medium text-terminal-ink hover:underline"
            >
              {state === 'loading' ? 'Loading…' : state === 'failed' ? 'Try again' : 'Load all'}
            </button>
          </p>
        )
      }
    />
  )
}

function FoldedOutput({ count, children }: { count: number; children: React.ReactNode }) {
  return (
    <Disclosure summary={`Live output, ${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`}>
      <div className="mt-1.5">{children}</div>
    </Disclosure>
  )
}

function EndLine({ at }: { at: number | undefined }) {
  return (
    <p className="border-t border-(--gutter-line) px-3 py-1 text-xs text-(--quiet-ink)">
      Output ends here{at === undefined || Number.isNaN(at) ? '' : `, ${formatTime(at)}`}
    </p>
  )
}

function linesOf(pieces: readonly string[]): number {
  let count = 0
  let hasMore = false
  for (const piece of pieces) {
    for (let at = piece.indexOf('\n'); at !== -1; at = piece.indexOf('\n', at + 1)) count += 1
    if (piece !== '') hasMore = !piece.endsWith('\n')
  }
  return hasMore ? count + 1 : count
}
