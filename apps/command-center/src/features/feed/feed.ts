import { waitToTryAgain } from '@fairlead/client/time/back-off'
import type { Clock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { UserEvent } from '@fairlead/contract/events/user-event'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PageLife } from '../../browser/page-life.ts'
import type { Tabs } from '../../browser/tab-channel.ts'
import { countUnreadable, type UnreadableEvents } from '../../unreadable-events.ts'

/** What the feed tells. A gap means that anything may have happened: whoever shows something reads it again. */
export type FeedNews = Exclude<UserEvent, { type: 'ready' | 'heartbeat' }> | { type: 'gap' }
export type FeedListener = (news: FeedNews) => void

export type FeedState = {
  /** `absent`: the server has no feed, so everything is read again now and then. */
  state: 'connecting' | 'open' | 'lost' | 'absent'
  /** Milliseconds since the epoch. */
  lostSince: number | undefined
}

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

export type FeedTimes = {
  silenceMs: number
  /** How long the first news is waited for before everything is read without it. */
  firstMs: number
  /** Between two readings where there is no feed. */
  pollMs: number
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

  /** Connection after connection, each from where the last one ended. */
  async function read(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      const begunAt = clock.now()
      const { error } = await connection(signal)
      if (signal.aborted) return
      if (error?.status === 401) return
      if (error?.status === 404) return await poll(signal)
      // The engine ends a stream with the access token: the next one brings a fresh token.
      const isOrderly = error === undefined && clock.now() - begunAt > 1000
      if (isOrderly) {
        attempt = 0
        continue
      }
      become('lost')
      await waitToTryAgain(ports, { attempt: attempt++, signal })
    }
  }

  async function connection(signal: AbortSignal): Promise<{ error: ApiError | undefined }> {
    const abort = new AbortController()
    const unreadable = countUnreadable('Feed')
    const both = AbortSignal.any([signal, abort.signal])
    let callOffSilence = clock.after(times.silenceMs, () => abort.abort())
    const headers = lastId === undefined ? undefined : { 'last-event-id': lastId }
    try {
      for await (const frame of await ports.api.stream('GET /events', { headers, signal: both })) {
        callOffSilence()
        if (both.aborted) break
        callOffSilence = clock.after(times.silenceMs, () => abort.abort())
        take(frame, unreadable)
      }
      return { error: undefined }
    } catch (error) {
      return { error: error instanceof ApiError ? error : new ApiError(0, undefined) }
    } finally {
      callOffSilence()
      abort.abort()
    }
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

  async function poll(signal: AbortSignal): Promise<void> {
    become('absent')
    tell({ type: 'gap' })
    const look = () => {
      if (signal.aborted) return
      if (!page.isHidden()) tell({ type: 'gap' })
      callOff = clock.after(times.pollMs, look)
    }
    let callOff = clock.after(times.pollMs, look)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    callOff()
  }

  async function hold(signal: AbortSignal): Promise<void> {
    isReader = true
    try {
      await read(signal)
    } finally {
      isReader = false
    }
  }

  /** Without locks: a tab reads while it is seen. */
  function readWhileSeen(signal: AbortSignal): void {
    let current: AbortController | undefined
    const start = () => {
      if (current !== undefined || signal.aborted || page.isHidden()) return
      current = new AbortController()
      void read(AbortSignal.any([signal, current.signal]))
    }
    const stop = () => {
      current?.abort()
      current = undefined
    }
    const callOff = [page.onShown(start), page.onHidden(stop)]
    signal.addEventListener('abort', () => {
      for (const off of callOff) off()
    })
    start()
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
      const callOffChannel = channel.onMessage((message) => {
        if (message.kind === 'hello') {
          if (isReader) channel.post({ kind: 'state', feed: store.getState(), id: lastId })
          return
        }
        if (isReader) return
        lastId = message.id ?? lastId
        if (message.kind === 'news') return hear(message.news)
        const isFirst = store.getState().state !== 'open' && message.feed.state === 'open'
        store.setState(message.feed)
        // What happened before this tab heard of the reader, nobody has told it.
        if (isFirst) hear({ type: 'gap' })
      })
      if (ports.locks === undefined) readWhileSeen(signal)
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
    const told = JSON.parse(data) as { type?: unknown } | null
    const type = typeof told?.type === 'string' ? told.type : name
    return type === undefined || told === null ? undefined : ({ ...told, type } as UserEvent)
  } catch {
    return undefined
  }
}
