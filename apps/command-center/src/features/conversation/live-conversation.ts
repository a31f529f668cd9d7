import { hasLooseCall } from '@fairlead/client/conversation/apply-run-event'
import type { ConversationView } from '@fairlead/client/conversation/conversation-view'
import { findCall, isRunActive } from '@fairlead/client/conversation/selectors'
import type { UserEvent } from '@fairlead/contract/events/user-event'
import type { StoreApi } from 'zustand/vanilla'
import { createDeciding, type Deciding } from './decide/decide-calls.ts'
import { createUndoing, type Undoing } from './decide/undo-calls.ts'
import { estimatedSize } from './estimated-size.ts'
import { createLiveCore, type LiveCore } from './live-core.ts'
import type { LiveOutput } from './live-output.ts'
import type { LivePorts } from './live-ports.ts'
import type { LiveState } from './live-state.ts'
import { readQueue } from './send/message-queue.ts'
import { createSending, type Sending } from './send/send-messages.ts'
import { createStopping, type Stopping } from './stop-run.ts'

/** What the user's feed tells; a gap means that anything may have happened. */
export type FeedNews = UserEvent | { type: 'gap' }

/**
 * One conversation as it happens. It alone changes what is shown of it: by the record, and by the events of the run
 * that is active, whoever began it. What a person does is sent from here, and shows on the control alone until the
 * fact comes back.
 */
export type LiveConversation = Deciding &
  Undoing &
  Stopping &
  Omit<Sending, 'pump' | 'takeUp'> & {
    readonly id: string
    readonly store: StoreApi<LiveState>
    readonly output: LiveOutput
    /** On the screen: read, and followed while a run is active. Returns how to leave it again. */
    open(): () => void
    /** Reads it again, after a failure. */
    load(): Promise<void>
    loadOlder(): Promise<void>
    /** Reads one call again: it has expired, or what is shown of it may be old. */
    readCall(callId: string): Promise<void>
    hear(news: FeedNews): void
    /** Nothing of it is on its way, and nothing waits to be sent. */
    isIdle(): boolean
    /** How much memory it takes, as characters: what it shows, and what its calls have written. */
    estimatedSize(): number
    close(): void
  }

export function createLiveConversation(id: string, ports: LivePorts): LiveConversation {
  const core = createLiveCore(id, ports)
  const { get, set, follower } = core
  let viewers = 0
  let isStale = true

  const isOpening = () => {
    const { sending, decisions, undos, bulk } = get()
    const isDeciding = Object.values(decisions).some(({ state }) => state === 'sending')
    const isUndoing = Object.values(undos).some(({ state }) => state === 'sending')
    return sending !== undefined || (!isRunActive(get().view) && (isDeciding || isUndoing || bulk?.state === 'sending'))
  }
  const stopping = createStopping(core, { isOpening })
  const { pump, takeUp, ...sending } = createSending(core, { stop: stopping.stop })
  const deciding = createDeciding(core)
  const undoing = createUndoing(core)
  core.onApplied((before, after) => {
    const hasEnded = isRunActive(before) && !isRunActive(after)
    if (hasEnded && mustBeReadAgain(after)) void core.readRecord().then(pump)
  })

  const read = async () => {
    isStale = false
    const end = await core.readRecord()
    if (end !== 'read') isStale = true
    pump()
  }
  const begin = () => {
    set({ queue: readQueue(ports.storage, id) })
    void takeUp()
    return watchPage(core, () => viewers > 0)
  }
  const isFollowing = () => follower.runId !== undefined && isRunActive(get().view)
  /** Something has happened that no stream of ours has told of. */
  const refresh = () => {
    if (isFollowing() || isOpening()) return
    if (viewers > 0 || get().queue.items.length > 0) void read()
    else isStale = true
  }
  let callOffPage: (() => void) | undefined

  return {
    id,
    store: core.store,
    output: ports.output,
    ...sending,
    ...stopping,
    ...deciding,
    ...undoing,
    open: () => {
      viewers++
      // Made where pages are made too, it looks for the browser only once it is on a screen.
      callOffPage ??= begin()
      follower.resume()
      if (isStale || !isFollowing()) void read()
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        viewers--
        // Whoever left texts to be sent wants them sent.
        if (viewers === 0 && get().queue.items.length === 0) follower.pause()
      }
    },
    load: async () => {
      set({ loading: { state: 'loading' }, problem: undefined })
      await read()
    },
    loadOlder: core.loadOlder,
    readCall: core.readCall,
    hear: (news) => hear(core, news, refresh),
    isIdle: () => viewers === 0 && !isOpening() && get().queue.items.length === 0,
    estimatedSize: () => estimatedSize(get().view, ports.output),
    close: () => {
      callOffPage?.()
      core.close()
    },
  }
}

/** The run has ended, and the record knows more than its events: what became of calls, and sums. */
function mustBeReadAgain(view: ConversationView): boolean {
  const isLoose = view.run?.state !== 'waiting' && hasLooseCall(view)
  return isLoose || view.marks.isUsageRecorded
}

function hear(core: LiveCore, news: FeedNews, refresh: () => void): void {
  if (news.type === 'gap') refresh()
  if (!('conversation_id' in news) || news.conversation_id !== core.id) return
  const { view } = core.get()
  // While a run is followed its own events tell of calls.
  const isUnfollowedCall = !isRunActive(view) && 'call_id' in news && findCall(view, news.call_id) !== undefined
  switch (news.type) {
    case 'run.started':
      if (core.follower.runId !== news.run_id) refresh()
      break
    case 'approval.pending':
      if (isUnfollowedCall) void core.readCall(news.call_id)
      break
    case 'run.ended':
      // Its own events have told of it, where they were followed.
      if (view.run?.id !== news.run_id || (isRunActive(view) && core.follower.runId === undefined)) refresh()
      break
    case 'approval.decided':
    case 'approval.expired':
      refresh()
      break
    case 'conversation.title.generated':
      core.set({ view: { ...view, title: news.title } })
      break
    case 'conversation.created':
      break
  }
}

/** A page that is hidden for long lets go of its stream, and takes it up again when it is seen. */
function watchPage({ follower, ports, times }: LiveCore, isOpen: () => boolean): () => void {
  const { page, clock } = ports
  let callOffPause = () => {}
  const callOff = [
    page.onHidden(() => {
      callOffPause()
      callOffPause = clock.after(times.hiddenMs, () => follower.pause())
    }),
    page.onShown(() => {
      callOffPause()
      if (isOpen()) follower.resume()
    }),
  ]
  return () => {
    callOffPause()
    for (const stop of callOff) stop()
  }
}
