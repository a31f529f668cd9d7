'use client'

import { findCall, isRunActive } from '@fairlead/client/conversation/selectors'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import { type ReactNode, useCallback, useMemo, useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/loading/spinner.tsx'
import { callName } from '../call/call-name.ts'
import { useDraft } from '../composer/use-draft.ts'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { useLive, useMessageIds } from '../conversation/use-live-conversation.ts'
import type { ChatActions } from '../message/chat-actions.ts'
import { MessageItem } from '../message/message-item.tsx'
import { useMay, useUser } from '../session/session-provider.tsx'
import { ChatFooter } from './chat-footer.tsx'
import { ChatTail } from './chat-tail.tsx'
import { JumpToLatest } from './jump-to-latest.tsx'
import { messageHeight } from './message-height.ts'
import { MessageList } from './message-list.tsx'
import type { MessageListHandle } from './message-list-props.ts'
import { useCallNavigation } from './use-call-navigation.ts'
import { useChatNews } from './use-chat-news.ts'
import { useChatShortcuts } from './use-chat-shortcuts.ts'
import { useFollow } from './use-follow.ts'

/** What scrolls is reached by keyboard: a long answer may hold nothing else to scroll it from. */
const reachable = { tabIndex: 0, role: 'group', 'aria-label': 'Conversation' } as const

/** Messages above, composer below. */
export function OpenChat({ live, unread }: { live: LiveConversation; unread: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  const list = useRef<MessageListHandle>(null)
  const { isFollowing, isAtEnd, follow, leave, keepEnd, onScroll } = useFollow(box)
  const ids = useMessageIds(live)
  const isRunning = useLive(live, ({ view }) => isRunActive(view))
  const hasUsage = useLive(live, ({ view }) => hasTwoAnswers(view.messages))
  const isSending = useLive(live, (it) => it.sending !== undefined)
  const hasOlder = useLive(live, (it) => it.older.hasMore && it.older.error === undefined)
  const [draft, setDraft] = useDraft(live.id)
  const user = useUser()
  const owner = useLive(live, (it) => it.owner)
  const isOwner = owner === undefined
  const mayChange = useMay('propose-changes') && isOwner
  const viewer = useMemo<Viewer>(
    () => ({ email: user?.email ?? '', person: user ?? { role: 'member', view_only: true }, isOwner }),
    [user, isOwner],
  )

  const { showCall, goToWaiting } = useCallNavigation(live, { box, list, leave })
  const actions = useMemo<ChatActions>(
    () => ({
      mayChange,
      ask: (message) => {
        setDraft(message)
        box.current?.parentElement?.parentElement?.querySelector('textarea')?.focus()
      },
      showCall,
      sourceOf: (callId) => {
        const call = findCall(live.store.getState().view, callId)
        return call === undefined ? undefined : { title: callName(call), show: () => showCall(callId) }
      },
    }),
    [mayChange, setDraft, showCall, live],
  )
  useChatShortcuts({ stop: isOwner && (isRunning || isSending) ? live.stop : undefined, goToWaiting })
  useChatNews(live)

  const estimate = useCallback((index: number) => messageHeight(live, index), [live])
  const readOlder = useCallback(() => void live.loadOlder(), [live])
  const hasMessages = ids.length > 0 || isSending
  return (
    <>
      <div className="relative flex min-h-0 flex-1 flex-col">
        <div
          ref={box}
          onScroll={onScroll}
          {...reachable}
          className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto overscroll-contain px-3.5 -outline-offset-2 [overflow-anchor:none] sm:px-5"
        >
          <div className="mx-auto max-w-215 pb-4">
            {hasMessages ? (
              <>
                <MessageList
                  ids={ids}
                  box={box}
                  handle={list}
                  estimate={estimate}
                  onLayout={keepEnd}
                  hasOlder={hasOlder}
                  onNearTop={readOlder}
                  head={<OlderLine live={live} />}
                  renderMessage={(id) => <MessageItem {...{ live, id, viewer, actions, hasUsage }} />}
                />
                <ChatTail live={live} />
              </>
            ) : (
              unread
            )}
          </div>
        </div>
        {!isFollowing && !isAtEnd && hasMessages && <JumpToLatest live={live} onJump={follow} />}
      </div>
      <div className="shrink-0 px-3.5 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-5">
        {owner === undefined ? (
          <ChatFooter {...{ live, viewer, mayChange, draft, setDraft }} onSent={follow} />
        ) : (
          <ReadOnlyLine owner={owner} />
        )}
      </div>
    </>
  )
}

/** In place of the composer, in somebody else's conversation. */
function ReadOnlyLine({ owner: { name, email } }: { owner: { name: string; email: string } }) {
  const who = [name, email].filter((it) => it !== '').join(', ')
  return (
    <p role="note" className="mx-auto max-w-215 rounded-lg border border-line bg-sunken px-4 py-2.5 text-sm text-ink-2">
      <strong className="font-medium text-ink">{who === '' ? 'Somebody else' : who}</strong> owns this conversation. You
      read it as a superuser; only its owner asks, stops and decides here.
    </p>
  )
}

function OlderLine({ live }: { live: LiveConversation }) {
  const { isLoading, error } = useLive(live, (it) => it.older)
  if (isLoading) return <Spinner label="Reading older messages" />
  if (error === undefined) return null
  return (
    <p className="flex items-center gap-2 text-sm text-ink-2">
      Older messages could not be read.
      <Button size="s" onClick={() => void live.loadOlder()}>
        Retry
      </Button>
    </p>
  )
}

function hasTwoAnswers(messages: readonly { type: string }[]): boolean {
  let answers = 0
  for (let at = messages.length - 1; at >= 0 && answers < 2; at--) if (messages[at]?.type === 'assistant') answers += 1
  return answers === 2
}
