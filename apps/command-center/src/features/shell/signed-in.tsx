'use client'

import { type ComponentProps, type ReactNode, useMemo } from 'react'
import { ConversationsProvider, useConversations } from '../conversation/conversations-provider.tsx'
import { FeedProvider, useFeedEvents } from '../feed/feed-provider.tsx'
import { SessionProvider, useSession, useUser } from '../session/session-provider.tsx'
import { Shell } from './shell.tsx'
import { SignedOut } from './signed-out.tsx'

type SignedInProps = Pick<ComponentProps<typeof SessionProvider>, 'user'> & { children: ReactNode }

/** Session, feed and conversations of one person, and the shell around every page. */
export function SignedIn({ user, children }: SignedInProps) {
  return (
    <SessionProvider user={user}>
      <WhileSignedIn>{children}</WhileSignedIn>
    </SessionProvider>
  )
}

/** With the session end the feed, the lists and every open stream. */
function WhileSignedIn({ children }: { children: ReactNode }) {
  const isSignedOut = useSession((it) => it.state === 'signed-out')
  const email = useUser()?.email ?? ''
  const me = useMemo(() => ({ email }), [email])
  if (isSignedOut) return <SignedOut />
  return (
    <FeedProvider>
      <ConversationsProvider me={me}>
        <FeedToConversations />
        <Shell>{children}</Shell>
      </ConversationsProvider>
    </FeedProvider>
  )
}

/** What the feed tells of a conversation reaches the one that is open. */
function FeedToConversations() {
  const conversations = useConversations()
  useFeedEvents(conversations.hear)
  return null
}
