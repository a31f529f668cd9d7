import type { Clock } from '@fairlead/client/time/clock'
import type { Api } from '@fairlead/contract/client/create-api'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { UserEvent } from '@fairlead/contract/events/user-event'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PageLife } from '../../browser/page-life.ts'
import type { Tabs } from '../../browser/tab-channel.ts'
import type { UnreadableEvents } from '../../unreadable-events.ts'
import { type FeedState, type FeedTimes, readFeed } from './read-feed.ts'
import { readWhileSeen } from './read-while-seen.ts'

/** What the feed tells. A gap means that anything may have happened: whoever shows something reads it again. */
export type FeedNews = Exclude<UserEvent, { type: 'ready' | 'heartbeat' }> | { type: 'gap' }
export type FeedListener = (news: FeedNews) => void

/** The part of `navigator.locks` that is needed: the callback holds the lock as long as its promise is open. */
export type Locks = {
  request(name: string, options: { signal: AbortSignal }, hold: () => Promise<void>): Promise<void>
}

export type TabMessage =
  | { kind: 'news'; id: string | undefined; news: FeedNews }
  /** The reader's state; to one that has just come, and at each change. */
  | { kind: 'state'; feed: FeedState; id: string | undefined }
  | { kind: 'hello' }

export type FeedPorts = {
  api: Api
  clock: Clock
  page: PageLife
  /** Undefined without a secure context: then each tab that is seen reads for itself. */
  locks: Locks | undefined
  channel: Tabs<TabMessage>
  random?: () => number
  times?: Partial<FeedTimes>
}

const feedTimes: FeedTimes = { silenceMs: 90_000, firstMs: 500, pollMs: 15_000 }

export type Feed = {
  readonly store: StoreApi<FeedState>
  subscribe(listener: FeedListener): () => void
  /** Reads, or hears from the tab that does, until what it returns is called. */
  begin(): () => void
}

/** The user's own events: one connection a browser, whichever tab holds it. */
export function createFeed(ports: FeedPorts): Feed {
  const { clock, page, channel } = ports
  const times = { ...feedTimes, ...ports.times }
  const listeners = new Set<FeedListener>()
  const store = createStore<FeedState>(() => ({ state: 'connecting', lostSince: undefined }))
  let lastId: string | undefined
  let isReader = false

  const hear = (news: FeedNews) => {
    for (const listener of listeners) listener(news)
  }
  const tell = (news: FeedNews, id?: string) => {
    hear(news)
    if (isReader) channel.post({ kind: 'news', id, news })
  }
  const become = (state: FeedState['state']) => {
    const { lostSince } = store.getState()
    store.setState({ state, lostSince: state === 'lost' ? (lostSince ?? clock.now()) : undefined })
    if (isReader) channel.post({ kind: 'state', feed: store.getState(), id: lastId })
  }

  function take({ id, event: name, data }: ServerEvent, unreadable: UnreadableEvents): void {
    const event = eventOf(data, name)
    if (event === undefined) unreadable.note(id)
    if (event === undefined || event.type === 'heartbeat') return
    const isOld = event.type !== 'ready' && id !== undefined && lastId !== undefined && Number(id) <= Number(lastId)
    if (isOld) return
    lastId = id ?? lastId
    if (event.type === 'ready') {
      become('open')
      if (!event.resumed) tell({ type: 'gap' })
    } else tell(event, id)
  }

  const read = (signal: AbortSignal) =>
    readFeed(ports, {
      times,
      signal,
      lastId: () => lastId,
      onState: become,
      onFrame: take,
      onGap: () => tell({ type: 'gap' }),
    })

  async function hold(signal: AbortSignal): Promise<void> {
    isReader = true
    try {
      await read(signal)
    } finally {
      isReader = false
    }
  }

  const onTabMessage = (message: TabMessage) => {
    if (message.kind === 'hello') {
      if (isReader) channel.post({ kind: 'state', feed: store.getState(), id: lastId })
      return
    }
    if (isReader) return
    lastId = message.id ?? lastId
    if (message.kind === 'news') return hear(message.news)
    const isFirst = store.getState().state !== 'open' && message.feed.state === 'open'
    store.setState(message.feed)
    // Whatever happened before this tab heard of the reader has not reached it.
    if (isFirst) hear({ type: 'gap' })
  }

  return {
    store,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    begin: () => {
      const closing = new AbortController()
      const { signal } = closing
      // Whoever shows something waits for a gap before it reads; it comes even where no feed does.
      const callOffFirst = clock.after(times.firstMs, () => hear({ type: 'gap' }))
      const leave = first(callOffFirst)
      const callOffChannel = channel.onMessage(onTabMessage)
      if (ports.locks === undefined) readWhileSeen(page, { signal, read })
      else {
        ports.locks
          .request('events', { signal }, () => hold(signal))
          .catch((error: unknown) => {
            if (!signal.aborted) throw error
          })
        channel.post({ kind: 'hello' })
      }
      return () => {
        closing.abort()
        callOffFirst()
        callOffChannel()
        leave()
      }
    },
  }

  /** Called at the first gap. */
  function first(then: () => void): () => void {
    const listener: FeedListener = ({ type }) => {
      if (type !== 'gap') return
      listeners.delete(listener)
      then()
    }
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
}

function eventOf(data: string, name: string | undefined): UserEvent | undefined {
  try {
    const parsed = JSON.parse(data) as { type?: unknown } | null
    const type = typeof parsed?.type === 'string' ? parsed.type : name
    return type === undefined || parsed === null ? undefined : ({ ...parsed, type } as UserEvent)
  } catch {
    return undefined
  }
}
