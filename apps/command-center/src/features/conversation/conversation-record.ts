import { applyItem } from '@fairlead/client/conversation/apply-item'
import { isEnded, waitsForPerson } from '@fairlead/client/conversation/call-status'
import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { fromTimeline, viewOf } from '@fairlead/client/conversation/from-timeline'
import { mergeNewest, withOlder } from '@fairlead/client/conversation/merge-timeline'
import { isRunActive } from '@fairlead/client/conversation/selectors'
import type { Follower } from '@fairlead/client/run/follow-run'
import { ApiError } from '@fairlead/contract/client/api-error'
import { oneAtATime } from '../../one-at-a-time.ts'
import { withKeptSeen } from './kept-seen.ts'
import type { LivePorts, LiveTimes } from './live-ports.ts'
import type { LiveState } from './live-state.ts'

export type ReadEnd = 'read' | 'refused' | 'failed'

export type ConversationRecord = {
  /** Reads the newest page, and follows a run that is active. Reads at once are one. */
  readRecord(): Promise<ReadEnd>
  loadOlder(): Promise<void>
  /** Reads a call by itself. */
  readCall(callId: string): Promise<void>
  applyItem: (item: Parameters<typeof applyItem>[1]) => void
  /** Later writes of a turn are previewed with the first, and no event tells of their effects. */
  readMissingEffects(): Promise<void>
  /** A run cannot be followed any more: the record is the answer. */
  lost(error: ApiError): Promise<void>
  close(): void
}

export type RecordPorts = {
  id: string
  ports: Pick<LivePorts, 'api' | 'clock' | 'storage'>
  times: LiveTimes
  follower: Pick<Follower, 'runId' | 'follow'>
  closing: AbortSignal
  get(): LiveState
  set(changes: Partial<LiveState>): void
  /** All events that have come are applied now; one more with each beginning and end of a run. */
  epoch(): number
  tell(before: ConversationView, after: ConversationView): void
}

const PAGE = 50
const MOST_POLLS = 300

/** What the server has of a conversation, and how it comes onto the screen. */
export function createRecord(room: RecordPorts): ConversationRecord {
  const { id, times, follower, closing, get, set } = room
  const { api, clock, storage } = room.ports
  let older: string | undefined
  /** False where the server has no stream to attach to. */
  let canAttach = true
  let callOffPoll = () => {}
  const asked = new Set<string>()

  type Answer = Awaited<ReturnType<typeof page>>
  const page = (cursor: string | undefined) => {
    const query = { limit: PAGE, ...(cursor !== undefined && { before: cursor }) }
    return api.call('GET /conversations/:id', { params: { id }, query, signal: closing })
  }

  const readOnce = oneAtATime(async (): Promise<ReadEnd> => {
    for (;;) {
      const begun = room.epoch()
      try {
        const answer = await page(undefined)
        if (begun === room.epoch()) {
          await show(answer)
          return 'read'
        }
      } catch (error) {
        return failed(error)
      }
      // A run has begun or ended meanwhile: what was read is behind what is shown.
      if (isTold()) return 'read'
    }
  })

  /** The events of a followed run tell everything. */
  function isTold(): boolean {
    return follower.runId !== undefined && isRunActive(get().view)
  }

  async function show(answer: Answer): Promise<void> {
    const shown = get().view
    const view = withKeptSeen(mergeNewest(shown, viewOf(answer, { now: clock.now() })), storage)
    const hasNoOlder = view.messages.length <= (answer.messages?.length ?? 0)
    if (hasNoOlder) older = answer.pagination?.next_cursor ?? undefined
    const { problem } = get()
    // The run of somebody else's conversation is followed by its owner alone.
    if (answer.owner !== undefined) canAttach = false
    set({
      view,
      owner: answer.owner,
      loading: { state: 'loaded' },
      problem: problem?.retry === 'load' ? undefined : problem,
      older: { ...get().older, hasMore: older !== undefined },
    })
    const active = answer.active_run_id ?? undefined
    if (active !== undefined && canAttach) follower.follow(active)
    // A server that does not tell of runs leaves a question without an answer.
    if (answer.active_run_id === undefined && isUnfinished(view)) {
      set({ connection: 'elsewhere' })
      poll()
    } else if (active !== undefined && answer.owner !== undefined) {
      set({ connection: 'elsewhere' })
      poll()
    } else if (active === undefined && hasLateWrite(view)) poll()
    room.tell(shown, view)
    await readMissingEffects()
  }

  function failed(error: unknown): ReadEnd {
    if (closing.aborted) return 'failed'
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401) return 'failed'
    if (error.status === 403 || error.status === 404 || error.status === 400) {
      set({ loading: { state: 'not-found' } })
      return 'refused'
    }
    if (get().loading.state !== 'loaded') set({ loading: { state: 'failed', text: error.message } })
    return 'failed'
  }

  /** Where nothing tells of news, or of the outcome of a write that was stopped, the record is read again. */
  function poll(attempt = 0): void {
    callOffPoll()
    if (closing.aborted) return
    const isElsewhere = () => get().connection === 'elsewhere'
    const delay = isElsewhere() ? times.pollMs : Math.min(times.pollMs * (attempt + 1), 5 * times.pollMs)
    callOffPoll = clock.after(delay, () => {
      void record.readRecord().then(() => {
        const { view } = get()
        const isOpen = isElsewhere() ? isRunActive(view) || isUnfinished(view) : hasLateWrite(view)
        if (isOpen && attempt < MOST_POLLS) return poll(attempt + 1)
        canAttach = true
        if (isElsewhere()) set({ connection: 'idle' })
      })
    })
  }

  const takeItem = (item: Parameters<typeof applyItem>[1]) => {
    const shown = get().view
    const view = applyItem(shown, item)
    if (view === shown) return
    set({ view })
    room.tell(shown, view)
  }

  async function readMissingEffects(): Promise<void> {
    const { view } = get()
    if (isRunActive(view)) return
    const keyOf = (call: CallView) => `${call.call_id} ${call.revision ?? 0} ${view.run?.id ?? ''}`
    const missing = openCallsWithoutEffect(view).filter((call) => !asked.has(keyOf(call)))
    for (const call of missing) asked.add(keyOf(call))
    await Promise.all(missing.map(({ call_id }) => record.readCall(call_id)))
  }

  const record: ConversationRecord = {
    readRecord: () => (isTold() ? Promise.resolve('read') : readOnce()),
    applyItem: takeItem,
    readMissingEffects,
    readCall: async (callId) => {
      try {
        takeItem(await api.call('GET /approvals/:call_id', { params: { call_id: callId }, signal: closing }))
      } catch (error) {
        // Without an inbox, or without the right to it, the card says that the effect is not told.
        if (!(error instanceof ApiError) && !closing.aborted) throw error
      }
    },
    loadOlder: async () => {
      if (get().older.isLoading || older === undefined) return
      set({ older: { ...get().older, isLoading: true, error: undefined } })
      try {
        const answer = await page(older)
        older = answer.pagination?.next_cursor ?? undefined
        const view = withOlder(get().view, fromTimeline(answer.messages ?? []))
        set({ view, older: { hasMore: older !== undefined, isLoading: false, error: undefined } })
      } catch (error) {
        const text = error instanceof ApiError ? error.message : 'Older messages could not be read.'
        set({ older: { hasMore: true, isLoading: false, error: text } })
      }
    },
    lost: async ({ status }) => {
      if (status === 401) return
      if (status === 403) return set({ loading: { state: 'not-found' } })
      canAttach = false
      const end = await record.readRecord()
      if (end !== 'read') return
      if (isRunActive(get().view)) {
        set({ connection: 'elsewhere' })
        return poll()
      }
      canAttach = true
      const text = 'The connection ended; this is the last saved state.'
      set({ problem: { text, requestId: undefined, retry: 'load' } })
    },
    close: () => callOffPoll(),
  }
  return record
}

function openCallsWithoutEffect({ messages }: ConversationView): CallView[] {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') return []
  return last.segments.flatMap((it) =>
    it.kind === 'tool' && waitsForPerson(it.call) && it.call.effect === undefined ? [it.call] : [],
  )
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
