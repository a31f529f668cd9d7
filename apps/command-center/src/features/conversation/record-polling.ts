import { isEnded, waitsForPerson } from '@fairlead/client/conversation/call-status'
import type { ConversationView } from '@fairlead/client/conversation/conversation-view'
import { isRunActive } from '@fairlead/client/conversation/selectors'
import type { Clock } from '@fairlead/client/time/clock'
import type { LiveState } from './live-state.ts'

type PollingPorts = {
  clock: Clock
  times: { pollMs: number }
  closing: AbortSignal
  get(): LiveState
  set(changes: Partial<LiveState>): void
  readRecord(): Promise<unknown>
  /** Nothing is left to wait for. */
  onDone(): void
}

const MAX_POLLS = 300

/** Reads the record again and again where no event brings news, or the outcome of a write that was stopped. */
export function createRecordPolling({ clock, times, closing, get, set, readRecord, onDone }: PollingPorts) {
  let stopTimer = () => {}
  const isElsewhere = () => get().connection === 'elsewhere'
  const start = (attempt = 0): void => {
    stopTimer()
    if (closing.aborted) return
    const delay = isElsewhere() ? times.pollMs : Math.min(times.pollMs * (attempt + 1), 5 * times.pollMs)
    stopTimer = clock.after(delay, () => {
      void readRecord().then(() => {
        const { view } = get()
        const isOpen = isElsewhere() ? isRunActive(view) || isUnfinished(view) : hasLateWrite(view)
        if (isOpen && attempt < MAX_POLLS) return start(attempt + 1)
        onDone()
        if (isElsewhere()) set({ connection: 'idle' })
      })
    })
  }
  return { start: () => start(), stop: () => stopTimer() }
}

/** Where a server does not tell of runs: a question without an answer, or a call that has not ended and asks nobody. */
export function isUnfinished({ messages }: ConversationView): boolean {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') return last !== undefined
  return last.segments.some((it) => it.kind === 'tool' && !isEnded(it.call) && !waitsForPerson(it.call))
}

/** A write that was sent before its run was stopped: its outcome comes to the record alone. */
export function hasLateWrite(view: ConversationView): boolean {
  if (isRunActive(view)) return false
  const last = view.messages.at(-1)
  return last?.type === 'assistant' && last.segments.some((it) => it.kind === 'tool' && it.call.status === 'executing')
}
