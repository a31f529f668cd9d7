'use client'

import { isRunActive, usageTotals } from '@fairlead/client/conversation/selectors'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import { lazy, Suspense, useEffect, useMemo } from 'react'
import { useNow } from '../../ui/browser/use-now.ts'
import { LoadBoundary } from '../../ui/loading/load-boundary.tsx'
import { Composer } from '../composer/composer.tsx'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { useLive, useWaitingCalls } from '../conversation/use-live-conversation.ts'
import { usageFigures } from '../message/usage-figures.ts'
import { UsageLine } from '../message/usage-line.tsx'
import { useIsEngineAway } from '../shell/banners.tsx'

/** Comes with the first text that waits to be sent. */
const QueueBar = lazy(async () => ({ default: (await import('./queue-bar.tsx')).QueueBar }))
/** Comes where several changes wait; each has a card of its own to be decided by. */
const BulkBar = lazy(async () => ({ default: (await import('../decision/bulk-bar.tsx')).BulkBar }))

type ChatFooterProps = {
  live: LiveConversation
  viewer: Viewer
  mayChange: boolean
  draft: string
  setDraft: (text: string) => void
  onSent: () => void
}

/** What is typed, what waits to be sent, and what waits for a decision. */
export function ChatFooter({ live, viewer, mayChange, draft, setDraft, onSent }: ChatFooterProps) {
  const isRunning = useLive(live, ({ view }) => isRunActive(view))
  const isSending = useLive(live, (it) => it.sending !== undefined)
  const isMissing = useLive(live, (it) => it.loading.state === 'not-found')
  const stop = useLive(live, (it) => it.stop)
  const bulk = useLive(live, (it) => it.bulk)
  const hasQueue = useLive(live, (it) => it.queue.items.length > 0)
  const returned = useLive(live, (it) => it.returned)
  const waiting = useWaitingCalls(live)
  const isEngineAway = useIsEngineAway()
  const isActive = isRunning || isSending
  const isStopping = stop.state === 'requested' || stop.state === 'sent'

  useEffect(() => {
    if (returned === undefined) return
    const text = live.takeReturned()
    if (text !== undefined) setDraft(draft.trim() === '' ? text : `${text}\n\n${draft}`)
  }, [returned, live, draft, setDraft])

  const send = () => {
    live.send(draft.trim())
    setDraft('')
    onSent()
  }
  const lastMessage = () => {
    const { messages } = live.store.getState().view
    const last = messages.findLast((message) => message.type === 'user')
    return last?.content
  }
  const closes = !isActive && waiting.length > 0 && draft.trim() !== ''
  return (
    <div className="mx-auto flex w-full max-w-215 flex-col gap-2">
      <ConnectionLine live={live} />
      {stop.state === 'failed' && (
        <p role="alert" className="px-1 text-sm text-loss">
          {stop.text}
        </p>
      )}
      {hasQueue && (
        <LoadBoundary fallback={null}>
          <Suspense>
            <QueueBar live={live} />
          </Suspense>
        </LoadBoundary>
      )}
      {(waiting.length > 1 || bulk !== undefined) && (
        <LoadBoundary fallback={null}>
          <Suspense>
            <BulkBar
              calls={waiting}
              viewer={viewer}
              bulk={bulk}
              onDecideMany={live.decideMany}
              onStop={live.stopBulk}
              onClear={live.clearBulk}
              onWithdraw={isActive || waiting.length === 0 ? undefined : live.withdraw}
            />
          </Suspense>
        </LoadBoundary>
      )}
      <Composer
        value={draft}
        onChange={setDraft}
        onSend={send}
        onStop={live.stop}
        onRecall={lastMessage}
        state={composerState({ isMissing, isEngineAway, isActive, isStopping })}
        placeholder={mayChange ? 'Ask, or say what to change' : 'Ask about the cluster'}
        note={
          isEngineAway ? (
            'The engine is unreachable; the text stays here'
          ) : closes ? (
            <span className="text-ask">
              Sending this closes{' '}
              {waiting.length === 1 ? 'the call that waits' : `the ${waiting.length} calls that wait`}
            </span>
          ) : mayChange ? (
            'Every change waits for a person.'
          ) : (
            'Read-only account: changes are not proposed'
          )
        }
        autoFocus
      />
      <Totals live={live} isRunning={isRunning} />
    </div>
  )
}

type ComposerCase = { isMissing: boolean; isEngineAway: boolean; isActive: boolean; isStopping: boolean }

function composerState({ isMissing, isEngineAway, isActive, isStopping }: ComposerCase) {
  if (isMissing) return 'disabled'
  if (isEngineAway) return 'away'
  if (!isActive) return 'idle'
  return isStopping ? 'stopping' : 'running'
}

/** Sums of the conversation; live ones at most five times a second. */
function Totals({ live, isRunning }: { live: LiveConversation; isRunning: boolean }) {
  return (
    <div className="-mt-0.5 min-h-4 px-1">{isRunning ? <LiveTotals live={live} /> : <StillTotals live={live} />}</div>
  )
}

function LiveTotals({ live }: { live: LiveConversation }) {
  const now = useNow(200)
  const totals = usageTotals(live.store.getState().view, now)
  return totals === undefined ? null : <UsageLine figures={usageFigures(totals)} />
}

function StillTotals({ live }: { live: LiveConversation }) {
  const messages = useLive(live, ({ view }) => view.messages)
  const figures = useMemo(() => {
    const totals = usageTotals({ ...live.store.getState().view, messages }, 0)
    return totals === undefined ? [] : usageFigures(totals)
  }, [live, messages])
  return figures.length === 0 ? null : <UsageLine figures={figures} />
}

function ConnectionLine({ live }: { live: LiveConversation }) {
  const connection = useLive(live, (it) => it.connection)
  if (connection === 'reconnecting') {
    return (
      <p role="status" className="px-1 text-sm text-ink-2">
        The connection broke. Reconnecting; the run goes on.
      </p>
    )
  }
  if (connection === 'elsewhere') {
    return (
      <p role="status" className="px-1 text-sm text-ink-2">
        Running elsewhere; this page is brought up to date every two seconds.
      </p>
    )
  }
  return null
}
