'use client'

import { realClock } from '@fairlead/client/time/clock'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { api } from '../../api.ts'
import { browserPage } from '../../browser/browser-page.ts'
import { tabChannel } from '../../browser/tab-channel.ts'
import { createApprovals } from './approvals-store.ts'
import { createFeed, type FeedListener, type FeedPorts, type Locks } from './feed.ts'
import { createHistory } from './history-store.ts'
import type { FeedState } from './read-feed.ts'

type FeedStores = ReturnType<typeof createFeedStores>

const Context = createContext<FeedStores | undefined>(undefined)

/** The user's feed, and the lists that it keeps fresh: approvals and history. */
export function FeedProvider({ children }: { children: ReactNode }) {
  const [stores] = useState(createFeedStores)
  useEffect(() => beginFeedStores(stores), [stores])
  return <Context value={stores}>{children}</Context>
}

function createFeedStores() {
  const ports = { api, clock: realClock }
  return { approvals: createApprovals(ports), history: createHistory(ports), feed: createFeed(feedPorts()) }
}

function feedPorts(): FeedPorts {
  return {
    api,
    clock: realClock,
    page: browserPage,
    get locks() {
      // Absent without a secure context, and where pages are made.
      return typeof navigator === 'object' ? (navigator.locks as Locks | undefined) : undefined
    },
    channel: tabChannel('feed'),
  }
}

function beginFeedStores({ approvals, history, feed }: FeedStores): () => void {
  const created = (event: Event) =>
    history.noteCreated((event as CustomEvent<{ conversationId: string }>).detail.conversationId)
  const titled = (event: Event) => {
    const { conversationId, title } = (event as CustomEvent<{ conversationId: string; title: string }>).detail
    history.noteTitle(conversationId, title)
  }
  addEventListener('conversation:created', created)
  addEventListener('conversation:title-generated', titled)
  const callOff = [
    feed.subscribe(approvals.hear),
    feed.subscribe(history.hear),
    approvals.store.subscribe(({ items }, before) => {
      if (items !== before.items) history.noteWaiting(new Set(items.map(({ conversation_id }) => conversation_id)))
    }),
    feed.begin(),
  ]
  return () => {
    removeEventListener('conversation:created', created)
    removeEventListener('conversation:title-generated', titled)
    for (const stop of callOff) stop()
  }
}

/** The stores of the feed, for its own hooks. */
export function useFeedStores(): FeedStores {
  const stores = useContext(Context)
  if (stores === undefined) throw new Error('The feed is used outside of its provider')
  return stores
}

/** Hears what the feed tells while the component is there. */
export function useFeedEvents(listener: FeedListener): void {
  const { feed } = useFeedStores()
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  }, [listener])
  useEffect(() => feed.subscribe((news) => latest.current(news)), [feed])
}

export function useFeedState(): FeedState {
  return useStore(useFeedStores().feed.store)
}
