'use client'

import { useEffect } from 'react'
import { announce } from '../../ui/toast/announce.ts'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { chatNews } from './chat-news.ts'

/** Says what happens in a conversation to those who listen. What is read at first is no news. */
export function useChatNews(live: LiveConversation): void {
  useEffect(
    () =>
      live.store.subscribe((after, before) => {
        if (before.loading.state !== 'loaded' || after.view === before.view) return
        for (const { text, isUrgent } of chatNews(before.view, after.view)) {
          announce(text, isUrgent ? 'assertive' : 'polite')
        }
      }),
    [live],
  )
}
