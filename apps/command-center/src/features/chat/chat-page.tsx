'use client'

import { useEffect } from 'react'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { takeInitialMessage } from '../conversation/send/initial-message.ts'
import { useLive, useLiveConversation } from '../conversation/use-live-conversation.ts'
import { OpenChat } from './open-chat.tsx'
import { ProblemStrip } from './problem-strip.tsx'

export function ChatPage({ conversationId }: { conversationId: string }) {
  const live = useLiveConversation(conversationId)
  const problem = useLive(live, (it) => it.problem)
  useEffect(() => {
    const first = takeInitialMessage(conversationId)
    if (first !== undefined) live.send(first)
  }, [conversationId, live])
  return (
    <>
      {problem !== undefined && <ProblemStrip problem={problem} onRetry={live.retry} onDismiss={live.dismiss} />}
      <OpenChat key={conversationId} live={live} unread={<Unread live={live} />} />
    </>
  )
}

/** In place of the messages, while there are none to show. */
function Unread({ live }: { live: LiveConversation }) {
  const loading = useLive(live, (it) => it.loading)
  switch (loading.state) {
    case 'loading':
      return <LoadingMessages />
    case 'not-found':
      return (
        <EmptyState title="Conversation not found">
          <p className="mb-3">It was deleted, or it is not yours.</p>
          <LinkButton href="/">Go to the start page</LinkButton>
        </EmptyState>
      )
    case 'failed':
      return (
        <EmptyState title="The conversation could not be read">
          <p className="mb-3 wrap-anywhere">{loading.text}</p>
          <Button onClick={() => void live.load()}>Retry</Button>
        </EmptyState>
      )
    case 'loaded':
      return <EmptyState title="Nothing was said yet">Ask about the cluster, or say what to change.</EmptyState>
  }
}

function LoadingMessages() {
  return (
    <div role="status" className="flex flex-col gap-6 pt-10">
      <span className="sr-only">Reading the conversation</span>
      <Skeleton className="h-10 w-2/5 self-end" />
      <div className="flex flex-col gap-2.5">
        <Skeleton className="h-4 w-3/5" />
        <Skeleton className="h-4 w-4/5" />
        <Skeleton className="h-24 w-4/5" />
      </div>
      <Skeleton className="h-10 w-1/3 self-end" />
    </div>
  )
}
