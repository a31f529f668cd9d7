import { applyItem } from '@fairlead/client/conversation/apply-item'
import type { ConversationView } from '@fairlead/client/conversation/conversation-view'
import { viewOf } from '@fairlead/client/conversation/from-timeline'
import { mergeNewest } from '@fairlead/client/conversation/merge-timeline'
import { isRunActive } from '@fairlead/client/conversation/selectors'
import type { Follower } from '@fairlead/client/run/follow-run'
import { ApiError } from '@fairlead/contract/client/api-error'
import { oneAtATime } from '../../one-at-a-time.ts'
import { type ConversationPage, readConversationPage } from './conversation-page.ts'
import { createEffectReading } from './effect-reading.ts'
import type { LivePorts, LiveTimes } from './live-ports.ts'
import type { LiveState } from './live-state.ts'
import { createOlderMessages } from './older-messages.ts'
import { createRecordPolling, hasLateWrite, isUnfinished } from './record-polling.ts'
import { withStoredSeen } from './seen-storage.ts'

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

/** What the server has of a conversation, and how it comes onto the screen. */
export function createRecord(ports: RecordPorts): ConversationRecord {
  const { id, times, follower, closing, get, set } = ports
  const { api, clock, storage } = ports.ports
  /** False where the server has no stream to attach to. */
  let canAttach = true

  const readPage = (before?: string) => readConversationPage(api, { id, before, signal: closing })
  const older = createOlderMessages({ get, set, readPage })

  const readOnce = oneAtATime(async (): Promise<ReadEnd> => {
    for (;;) {
      const begun = ports.epoch()
      try {
        const answer = await readPage()
        if (begun === ports.epoch()) {
          await show(answer)
          return 'read'
        }
      } catch (error) {
        return failed(error)
      }
      // A run has begun or ended meanwhile: what was read is behind what is shown.
      if (isFollowed()) return 'read'
    }
  })

  /** The events of a followed run tell everything. */
  function isFollowed(): boolean {
    return follower.runId !== undefined && isRunActive(get().view)
  }

  async function show(answer: ConversationPage): Promise<void> {
    const shown = get().view
    const view = withStoredSeen(mergeNewest(shown, viewOf(answer, { now: clock.now() })), storage)
    const { problem } = get()
    // The run of somebody else's conversation is followed by its owner alone.
    if (answer.owner !== undefined) canAttach = false
    set({
      view,
      owner: answer.owner,
      loading: { state: 'loaded' },
      problem: problem?.retry === 'load' ? undefined : problem,
      older: older.behind(answer, view),
    })
    const active = answer.active_run_id ?? undefined
    if (active !== undefined && canAttach) follower.follow(active)
    // A server that does not tell of runs leaves a message without an answer.
    const isUntracked = answer.active_run_id === undefined && isUnfinished(view)
    const isElsewhere = isUntracked || (active !== undefined && answer.owner !== undefined)
    if (isElsewhere) set({ connection: 'elsewhere' })
    if (isElsewhere || (active === undefined && hasLateWrite(view))) polling.start()
    ports.tell(shown, view)
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

  const takeItem = (item: Parameters<typeof applyItem>[1]) => {
    const shown = get().view
    const view = applyItem(shown, item)
    if (view === shown) return
    set({ view })
    ports.tell(shown, view)
  }

  const readMissingEffects = createEffectReading(get, (callId) => record.readCall(callId))
  const polling = createRecordPolling({
    ...{ clock, times, closing, get, set },
    readRecord: () => record.readRecord(),
    onDone: () => {
      canAttach = true
    },
  })

  const record: ConversationRecord = {
    readRecord: () => (isFollowed() ? Promise.resolve('read') : readOnce()),
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
    loadOlder: older.load,
    lost: async ({ status }) => {
      if (status === 401) return
      if (status === 403) return set({ loading: { state: 'not-found' } })
      canAttach = false
      const end = await record.readRecord()
      if (end !== 'read') return
      if (isRunActive(get().view)) {
        set({ connection: 'elsewhere' })
        return polling.start()
      }
      canAttach = true
      const text = 'The connection ended; this is the last saved state.'
      set({ problem: { text, requestId: undefined, retry: 'load' } })
    },
    close: () => polling.stop(),
  }
  return record
}
