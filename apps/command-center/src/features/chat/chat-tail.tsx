'use client'

import type { Notice } from '@fairlead/client/conversation/conversation-view'
import { isRunActive, showsWaitingDots } from '@fairlead/client/conversation/selectors'
import { useNow } from '../../ui/browser/use-now.ts'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { useLive } from '../conversation/use-live-conversation.ts'
import { UserText } from '../message/user-message.tsx'

/** Below the last message: what is on its way, and that something is awaited. */
export function ChatTail({ live }: { live: LiveConversation }) {
  const sending = useLive(live, (it) => it.sending)
  const isWaiting = useLive(live, showsWaitingDots)
  const notice = useLive(live, ({ view }) => (isRunActive(view) ? view.notice : undefined))
  if (sending === undefined && !isWaiting && notice === undefined) return null
  return (
    <div className="flex flex-col gap-4 pt-5.5">
      {sending !== undefined && (
        <div className="flex flex-col items-end">
          <UserText text={sending} isFaint />
          <span className="px-1 pt-0.5 text-xs text-ink-3">Sending…</span>
        </div>
      )}
      {notice === undefined ? isWaiting && <Dots /> : <NoticeLine notice={notice} />}
    </div>
  )
}

function Dots() {
  return (
    <p className="flex h-6 items-center gap-1">
      <span className="sr-only">Waiting for the model</span>
      {[0, 160, 320].map((delay) => (
        <span
          key={delay}
          aria-hidden="true"
          style={{ animationDelay: `${delay}ms` }}
          className="size-1.5 rounded-full bg-ink-3 motion-safe:animate-pulse"
        />
      ))}
    </p>
  )
}

function NoticeLine({ notice: { text, until, attempt, maxRetries } }: { notice: Notice }) {
  const seconds = Math.max(0, Math.ceil((until - useNow(250)) / 1_000))
  const count = maxRetries === undefined ? `attempt ${attempt}` : `${attempt}/${maxRetries}`
  return (
    <p className="text-sm text-ink-2">
      {text}, {seconds > 0 ? `retry in ${seconds} s` : 'trying again'} ({count})
    </p>
  )
}
