'use client'

import type { ReactNode } from 'react'
import { useConversations } from '../conversation/conversations-provider.tsx'
import { useLive } from '../conversation/use-live-conversation.ts'
import { useHistory } from '../feed/history.ts'
import { titleOf } from '../history/title-of.ts'
import { Page } from './page.tsx'

/** The page of one conversation: its title and the model of its last turn above what is said in it. */
export function ChatFrame({ conversationId, children }: { conversationId: string; children: ReactNode }) {
  const live = useConversations().get(conversationId)
  const title = useLive(live, (it) => it.view.title)
  const model = useLive(live, (it) => it.view.model)
  const listed = useHistory((it) => it.entries.find((entry) => entry.id === conversationId)?.title)
  return (
    <Page title={titleOf(listed || title)} model={model}>
      {children}
    </Page>
  )
}
