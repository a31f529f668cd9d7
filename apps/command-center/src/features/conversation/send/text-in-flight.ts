import { lastUserMessage } from '@fairlead/client/conversation/selectors'
import type { LiveCore } from '../live-core.ts'
import type { QueueItem, QueueState } from '../live-state.ts'
import { keepSentText } from './sent-text.ts'

export type TextInFlight = {
  begin(text: string, options: { isQueued: boolean }): void
  /** The record has it, or the queue. */
  settle(): void
  /** Into the composer, or to the head of the queue it came from, which then waits for the person. */
  giveBack(text: string, options: { isQueued: boolean }): void
}

/** The text that is being sent: shown, and kept with the tab until the record has it or the person has it back. */
export function createTextInFlight(core: LiveCore, setQueue: (queue: QueueState) => void): TextInFlight {
  const { get, set, ports } = core
  const settle = () => {
    set({ sending: undefined })
    keepSentText(ports.storage, core.id, undefined)
  }
  return {
    begin: (text, { isQueued }) => {
      set({ sending: text })
      keepSentText(ports.storage, core.id, { text, isQueued, after: lastUserMessage(get().view)?.id })
    },
    settle,
    giveBack: (text, { isQueued }) => {
      if (isQueued) {
        setQueue({ items: [newItem(text), ...get().queue.items], isHeld: true })
        settle()
      } else {
        // Kept until the composer has taken it: the page may be left before that.
        set({ sending: undefined, returned: text })
      }
    },
  }
}

export function newItem(text: string): QueueItem {
  return { id: crypto.randomUUID(), text }
}
