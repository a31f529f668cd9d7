import { ApiError } from '@fairlead/contract/client/api-error'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { oneAtATime } from '../../one-at-a-time.ts'
import { applyEvent, isApplied } from './apply-event.ts'
import { applyItem } from './apply-item.ts'
import { isRunOver } from './apply-run-event.ts'
import { isEnded, waitsForPerson } from './call-status.ts'
import type { CallView, ConversationView } from './conversation-view.ts'
import { emptyView } from './empty-view.ts'
import { createBatch } from './event-batch.ts'
import { createFollower, type Follower } from './follow-run.ts'
import { fromTimeline, viewOf } from './from-timeline.ts'
import { type LivePorts, type LiveTimes, liveTimes } from './live-ports.ts'
import type { LiveState } from './live-state.ts'
import { mergeNewest, withOlder } from './merge-timeline.ts'
import { outputOf } from './output-of-event.ts'
import { type ReadEvent, readRunEvent } from './read-run-event.ts'
import { findCall, isRunActive } from './selectors.ts'

/** Hears what events have changed, once they are shown. */
export type AppliedListener = (before: ConversationView, after: ConversationView) => void

export type ReadEnd = 'read' | 'refused' | 'failed'

/** What all parts of a live conversation share: its state, the record, and the run that is followed. */
export type LiveCore = {
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
  readonly questions: Map<string, string>
  onApplied(listener: AppliedListener): void
  /** Reads the newest page, and follows a run that is active. Reads at once are one. */
  readRecord(): Promise<ReadEnd>
  loadOlder(): Promise<void>
  /** Reads a call by itself. */
  readCall(callId: string): Promise<void>
  applyItem: (item: Parameters<typeof applyItem>[1]) => void
  close(): void
}

const PAGE = 50

export function createLiveCore(id: string, ports: LivePorts): LiveCore {
  const { api, clock } = ports
  const times = { ...liveTimes, ...ports.times }
  const closing = new AbortController()
  const questions = new Map<string, string>()
  const listeners = new Set<AppliedListener>()
  const store = createStore<LiveState>(() => ({
    view: emptyView(),
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
  }))
  const get = store.getState
  const set = (changes: Partial<LiveState>) => store.setState(changes)
  /** One more with each beginning and end of a run: what was read before is old then. */
  let epoch = 0
  let before: string | undefined
  /** False where the server has no stream to attach to. */
  let canAttach = true

  const batch = createBatch<ReadEvent>(ports.schedule, (events) => {
    const shown = get().view
    let view = shown
    const output = outputOf(ports.output, clock.now)
    for (const { id: eventId, event } of events) {
      if (isApplied(view, event.run_id, eventId)) continue
      output.take(event)
      const question = event.type === 'ready' ? questions.get(event.run_id) : undefined
      view = applyEvent(view, event, { id: eventId, now: clock.now(), question })
    }
    output.flush()
    if (view === shown) return
    if (view.run?.id !== shown.run?.id || isRunOver(view) !== isRunOver(shown)) epoch++
    if (view.title !== undefined && view.title !== shown.title) ports.onTitle(id, view.title)
    set({ view })
    for (const listener of listeners) listener(shown, view)
  })

  const take = (runId: string, frame: ServerEvent) => {
    const read = readRunEvent(frame, { runId, conversationId: id })
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
      return api.stream('GET /agent/runs/:run_id/events', { params: { run_id: runId }, headers, signal })
    },
    onEvent: take,
    isOver: (runId) => {
      batch.flush()
      const { run } = get().view
      return run?.id !== runId || isRunOver(get().view)
    },
    onConnection: (connection) => {
      if (get().connection !== connection) set({ connection })
    },
    onRefused: (_, error) => void lostRun(error),
  })

  /** The run cannot be followed any more: the record is the answer. */
  async function lostRun({ status }: ApiError): Promise<void> {
    if (status === 401) return
    if (status === 403) return set({ loading: { state: 'not-found' } })
    canAttach = false
    const end = await readRecord()
    if (end !== 'read') return
    const isUnfinished = isRunActive(get().view)
    const problem = {
      text: 'The connection ended; this is the last saved state.',
      requestId: undefined,
      retry: 'load' as const,
    }
    set(isUnfinished ? { connection: 'elsewhere' } : { problem })
    if (isUnfinished) pollLater()
    else canAttach = true
  }

  let callOffPoll = () => {}
  /** Where nothing tells of news, or of the outcome of a write that was stopped, the record is read again. */
  function pollLater(attempt = 0): void {
    callOffPoll()
    if (closing.signal.aborted) return
    const delay = get().connection === 'elsewhere' ? times.pollMs : Math.min(times.pollMs * (attempt + 1), 10_000)
    callOffPoll = clock.after(delay, () => {
      void readRecord().then(() => {
        const { view, connection } = get()
        const isOpen = connection === 'elsewhere' ? isRunActive(view) || isUnfinished(view) : hasLateWrite(view)
        if (isOpen && attempt < 300) return pollLater(attempt + 1)
        canAttach = true
        if (connection === 'elsewhere') set({ connection: 'idle' })
      })
    })
  }

  const readOnce = oneAtATime(read)
  /** What the events of a followed run tell need not be read. */
  function readRecord(): Promise<ReadEnd> {
    const isTold = follower.runId !== undefined && isRunActive(get().view)
    return isTold ? Promise.resolve('read') : readOnce()
  }

  async function read(): Promise<ReadEnd> {
    for (let tries = 0; tries < 3; tries++) {
      batch.flush()
      const begun = epoch
      let answer: Awaited<ReturnType<typeof page>>
      try {
        answer = await page(undefined)
      } catch (error) {
        return readFailed(error)
      }
      batch.flush()
      if (begun !== epoch) {
        // A run has begun or ended meanwhile: what was read is behind what is shown.
        if (isRunActive(get().view) && follower.runId !== undefined) return 'read'
        continue
      }
      const shown = get().view
      const view = mergeNewest(shown, viewOf(answer, { now: clock.now() }))
      const isWhole = view.messages.length <= (answer.messages?.length ?? 0)
      if (isWhole) before = answer.pagination?.next_cursor ?? undefined
      const { problem, older } = get()
      set({
        view,
        loading: { state: 'loaded' },
        problem: problem?.retry === 'load' ? undefined : problem,
        older: { ...older, hasMore: before !== undefined },
      })
      const active = answer.active_run_id ?? undefined
      if (active !== undefined && canAttach) follower.follow(active)
      // A server that does not tell of runs leaves a question without an answer.
      if (answer.active_run_id === undefined && isUnfinished(view)) {
        set({ connection: 'elsewhere' })
        pollLater()
      } else if (active === undefined && hasLateWrite(view)) pollLater()
      for (const listener of listeners) listener(shown, view)
      await readMissingEffects()
      return 'read'
    }
    return 'read'
  }

  function page(cursor: string | undefined) {
    const query = { limit: PAGE, ...(cursor !== undefined && { before: cursor }) }
    return api.call('GET /conversations/:id', { params: { id }, query, signal: closing.signal })
  }

  function readFailed(error: unknown): ReadEnd {
    if (closing.signal.aborted || !(error instanceof ApiError)) return 'failed'
    if (error.status === 401) return 'failed'
    if (error.status === 403 || error.status === 404 || error.status === 400) {
      set({ loading: { state: 'not-found' } })
      return 'refused'
    }
    if (get().loading.state !== 'loaded') set({ loading: { state: 'failed', text: error.message } })
    return 'failed'
  }

  async function loadOlder(): Promise<void> {
    const { older } = get()
    if (older.isLoading || before === undefined) return
    set({ older: { ...older, isLoading: true, error: undefined } })
    try {
      const answer = await page(before)
      before = answer.pagination?.next_cursor ?? undefined
      set({
        view: withOlder(get().view, fromTimeline(answer.messages ?? [])),
        older: { hasMore: before !== undefined, isLoading: false, error: undefined },
      })
    } catch (error) {
      const text = error instanceof ApiError ? error.message : 'Older messages could not be read.'
      set({ older: { hasMore: true, isLoading: false, error: text } })
    }
  }

  async function readCall(callId: string): Promise<void> {
    try {
      applied(await api.call('GET /approvals/:call_id', { params: { call_id: callId }, signal: closing.signal }))
    } catch (error) {
      // Without an inbox, or without the right to it, the card says that the effect is not told.
      if (!(error instanceof ApiError) && !closing.signal.aborted) throw error
    }
  }

  const applied: LiveCore['applyItem'] = (item) => {
    const shown = get().view
    const view = applyItem(shown, item)
    if (view === shown) return
    set({ view })
    for (const listener of listeners) listener(shown, view)
  }

  /** Later writes of a turn are previewed with the first, and no event tells of their effects. */
  const asked = new Set<string>()
  async function readMissingEffects(): Promise<void> {
    const { view } = get()
    if (isRunActive(view)) return
    const missing = openCallsWithoutEffect(view).filter((call) => !asked.has(keyOf(call, view)))
    for (const call of missing) asked.add(keyOf(call, view))
    await Promise.all(missing.map(({ call_id }) => readCall(call_id)))
  }
  listeners.add((shown, view) => {
    if (isRunActive(shown) && view.run?.state === 'waiting') void readMissingEffects()
  })

  return {
    id,
    ports,
    times,
    store,
    follower,
    closing: closing.signal,
    get,
    set,
    questions,
    onApplied: (listener) => listeners.add(listener),
    readRecord,
    loadOlder,
    readCall,
    applyItem: applied,
    close: () => {
      closing.abort()
      callOffPoll()
      follower.close()
      ports.output.forget(get().view.messages.flatMap((message) => (message.type === 'user' ? [] : callIdsOf(message))))
    },
  }

  function keyOf(call: CallView, { run }: ConversationView): string {
    return `${call.call_id} ${call.revision ?? 0} ${run?.id ?? ''}`
  }
}

function openCallsWithoutEffect({ messages }: ConversationView): CallView[] {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') return []
  return last.segments.flatMap((it) =>
    it.kind === 'tool' && waitsForPerson(it.call) && it.call.effect === undefined ? [it.call] : [],
  )
}

function callIdsOf({ segments }: { segments: readonly { kind: string; id: string }[] }): string[] {
  return segments.flatMap(({ kind, id }) => (kind === 'tool' ? [id] : []))
}

/** Where a server does not tell of runs: a question without an answer, or a call that has not ended and asks nobody. */
function isUnfinished({ messages }: ConversationView): boolean {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') return last !== undefined
  return last.segments.some((it) => it.kind === 'tool' && !isEnded(it.call) && !waitsForPerson(it.call))
}

/** A write that was sent before its run was stopped: its outcome comes to the record alone. */
function hasLateWrite(view: ConversationView): boolean {
  if (isRunActive(view)) return false
  const last = view.messages.at(-1)
  return last?.type === 'assistant' && last.segments.some((it) => it.kind === 'tool' && it.call.status === 'executing')
}

export function callOf(core: LiveCore, callId: string): CallView | undefined {
  return findCall(core.get().view, callId)
}
