import { applyEvent, isApplied } from '@fairlead/client/conversation/apply-event'
import { isRunOver } from '@fairlead/client/conversation/apply-run-event'
import type { ConversationView } from '@fairlead/client/conversation/conversation-view'
import { emptyView } from '@fairlead/client/conversation/empty-view'
import { isRunActive } from '@fairlead/client/conversation/selectors'
import { createFollower, type Follower } from '@fairlead/client/run/follow-run'
import { type ReadEvent, readRunEvent } from '@fairlead/client/run/read-run-event'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { countUnreadable, type UnreadableEvents } from '../../unreadable-events.ts'
import { type ConversationRecord, createRecord } from './conversation-record.ts'
import { createBatch } from './event-batch.ts'
import { type LivePorts, type LiveTimes, liveTimes } from './live-ports.ts'
import type { LiveState } from './live-state.ts'
import { outputOf } from './output-of-event.ts'
import { storeAllSeen } from './seen-storage.ts'

/** Hears what events or the record have changed, once it is shown. */
export type ChangeListener = (before: ConversationView, after: ConversationView) => void

/** What all parts of a live conversation share: its state, the record, and the run that is followed. */
export type LiveCore = Pick<ConversationRecord, 'readRecord' | 'loadOlder' | 'readCall' | 'applyItem'> & {
  readonly id: string
  readonly ports: LivePorts
  readonly times: LiveTimes
  readonly store: StoreApi<LiveState>
  readonly follower: Follower
  /** Aborted when the conversation is closed. */
  readonly closing: AbortSignal
  get(): LiveState
  set(changes: Partial<LiveState>): void
  /** Texts that runs were asked with from here, by run. */
  readonly userMessages: Map<string, string>
  onApplied(listener: ChangeListener): void
  close(): void
}

const nothingYet: LiveState = {
  view: emptyView(),
  owner: undefined,
  loading: { state: 'loading' },
  older: { hasMore: false, isLoading: false, error: undefined },
  connection: 'idle',
  sending: undefined,
  returned: undefined,
  stop: { state: 'none' },
  problem: undefined,
  queue: { items: [], isHeld: false },
  decisions: {},
  undos: {},
  bulk: undefined,
}

export function createLiveCore(id: string, ports: LivePorts): LiveCore {
  const { clock } = ports
  const times = { ...liveTimes, ...ports.times }
  const closing = new AbortController()
  const userMessages = new Map<string, string>()
  const listeners = new Set<ChangeListener>()
  const store = createStore<LiveState>(() => nothingYet)
  const get = store.getState
  const set = (changes: Partial<LiveState>) => store.setState(changes)
  const tell: ChangeListener = (before, after) => {
    for (const listener of listeners) listener(before, after)
  }
  let epoch = 0

  // It counts what is missing over all batches.
  const output = outputOf(ports.output, clock.now)
  const batch = createBatch<ReadEvent>(ports.schedule, (events) => {
    const shown = get().view
    let view = shown
    for (const { id: eventId, event } of events) {
      if (isApplied(view, event.run_id, eventId)) continue
      output.take(event)
      const userMessage = event.type === 'ready' ? userMessages.get(event.run_id) : undefined
      view = applyEvent(view, event, { id: eventId, now: clock.now(), userMessage })
    }
    output.flush()
    if (view === shown) return
    if (view.run?.id !== shown.run?.id || isRunOver(view) !== isRunOver(shown)) epoch++
    if (view.title !== undefined && view.title !== shown.title) ports.onTitle(id, view.title)
    set({ view })
    tell(shown, view)
  })

  let unreadable: { runId: string; events: UnreadableEvents } | undefined
  const take = (runId: string, frame: ServerEvent) => {
    const read = readRunEvent(frame, { runId, conversationId: id })
    if (read === 'unreadable') {
      if (unreadable?.runId !== runId) unreadable = { runId, events: countUnreadable(`Run ${runId}`) }
      unreadable.events.note(frame.id)
    }
    if (typeof read === 'string') return
    batch.push(read)
    // What a control waits for is not left for the next frame.
    if (read.event.type === 'ready' || read.event.type === 'completed') batch.flush()
  }

  const follower = createFollower({
    ...ports,
    times,
    attach: (runId, signal) => {
      const last = get().view.marks.applied[runId]
      const headers = last === undefined ? undefined : { 'last-event-id': last }
      return ports.api.stream('GET /agent/runs/:run_id/events', { params: { run_id: runId }, headers, signal })
    },
    onEvent: take,
    isOver: (runId) => {
      batch.flush()
      const { view } = get()
      return view.run?.id !== runId || isRunOver(view)
    },
    onConnection: (connection) => {
      if (get().connection !== connection) set({ connection })
    },
    onRefused: (_, error) => void record.lost(error),
  })

  const record = createRecord({
    id,
    ports,
    times,
    follower,
    closing: closing.signal,
    get,
    set,
    epoch: () => {
      batch.flush()
      return epoch
    },
    tell,
  })
  listeners.add((before, after) => {
    storeAllSeen(before, after, ports.storage)
    if (isRunActive(before) && after.run?.state === 'waiting') void record.readMissingEffects()
  })

  return {
    ...record,
    id,
    ports,
    times,
    store,
    follower,
    closing: closing.signal,
    get,
    set,
    userMessages,
    onApplied: (listener) => listeners.add(listener),
    close: () => {
      closing.abort()
      record.close()
      follower.close()
      ports.output.forget(callIdsOf(get().view))
    },
  }
}

function callIdsOf({ messages }: ConversationView): string[] {
  return messages.flatMap((message) =>
    message.type === 'user' ? [] : message.segments.flatMap(({ kind, id }) => (kind === 'tool' ? [id] : [])),
  )
}
