'use client'

import { waitingCalls } from '@fairlead/client/conversation/selectors'
import { type RefObject, useCallback } from 'react'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import type { MessageListHandle } from './message-list-props.ts'

type Places = {
  box: RefObject<HTMLElement | null>
  list: RefObject<MessageListHandle | null>
  /** The end is no longer followed. */
  leave: () => void
}

type CallNavigation = {
  showCall: (callId: string) => void
  /** To the next call that waits for a decision; false where none waits. */
  goToWaiting: () => boolean
}

/** Brings a call into view and gives it the focus. */
export function useCallNavigation(live: LiveConversation, { box, list, leave }: Places): CallNavigation {
  const showCall = useCallback(
    (callId: string) => {
      const index = live.store
        .getState()
        .view.messages.findIndex(
          (message) =>
            message.type === 'assistant' && message.segments.some((it) => it.kind === 'tool' && it.id === callId),
        )
      if (index === -1) return
      // Else the end, which is followed, would be brought back into view at once.
      leave()
      const id = `call-${callId}`
      // The list brings a message to the middle, and again as it is measured: of a tall one that is not the call.
      if (document.getElementById(id) === null) list.current?.reveal(index)
      focusWhenThere(id, box)
    },
    [live, box, list, leave],
  )
  const goToWaiting = useCallback(() => {
    const waiting = waitingCalls(live.store.getState().view)
    const focused = document.activeElement?.closest('[id^="call-"]')?.id
    const at = waiting.findIndex(({ call_id }) => focused === `call-${call_id}`)
    const next = waiting[(at + 1) % Math.max(1, waiting.length)]
    if (next === undefined) return false
    showCall(next.call_id)
    return true
  }, [live, showCall])
  return { showCall, goToWaiting }
}

/** Its element may only be drawn once the list has come there. */
function focusWhenThere(id: string, box: RefObject<HTMLElement | null>, tries = 30): void {
  const element = document.getElementById(id)
  if (element === null) {
    if (tries > 0) requestAnimationFrame(() => focusWhenThere(id, box, tries - 1))
    return
  }
  element.scrollIntoView({ block: 'nearest' })
  // The browser reports it a frame later: who measures or follows until then would go on from where the box was.
  box.current?.dispatchEvent(new Event('scroll'))
  element.focus({ preventScroll: true })
}
