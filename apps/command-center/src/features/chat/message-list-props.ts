import type { ReactNode, RefObject } from 'react'

/** In pixels: space for what says that older messages are read, and between two messages. */
export const HEAD = 40
export const GAP = 22

export type MessageListHandle = {
  /** Brings a message into view; its element is there a frame later. */
  reveal: (index: number) => void
}

export type MessageListProps = {
  ids: readonly string[]
  box: RefObject<HTMLElement | null>
  handle: RefObject<MessageListHandle | null>
  renderMessage: (id: string) => ReactNode
  estimate: (index: number) => number
  /** Called after each layout: who follows the end keeps it in view. */
  onLayout: () => void
  hasOlder: boolean
  /** There is space to read older ones. */
  onNearTop: () => void
  head: ReactNode
}
