'use client'

import type { ComponentProps, ReactNode } from 'react'
import { ConversationsProvider, useConversations } from '../conversation/conversations-provider.tsx'
import { FeedProvider, useFeedEvents } from '../feed/feed-provider.tsx'
import { SessionProvider, useUser } from '../session/session-provider.tsx'
import { Shell } from './shell.tsx'

type SignedInProps = Pick<ComponentProps<typeof SessionProvider>, 'user'> & { children: ReactNode }

/** Session, feed and conversations of one person, and the shell around every page. */
export function SignedIn({ user, children }: SignedInProps) {
  return (
    <SessionProvider user={user}>
      <FeedProvider>
        <Conversations>
          <Shell>{children}</Shell>
        </Conversations>
      </FeedProvider>
    </SessionProvider>
  )
}

function Conversations({ children }: { children: ReactNode }) {
  const user = useUser()
  return (
    <ConversationsProvider email={user?.email}>
      <FeedToConversations />
      {children}
    </ConversationsProvider>
  )
}

/** What the feed tells of a conversation reaches the one that is open. */
function FeedToConversations() {
  const conversations = useConversations()
  useFeedEvents(conversations.hear)
  return null
}
