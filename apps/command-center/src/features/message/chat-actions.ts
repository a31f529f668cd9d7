import type { SourceOf } from '../values/taint-mark.tsx'

/** What parts of the list ask of the page. Stable, so that a message is not drawn again for it. */
export type ChatActions = {
  mayChange: boolean
  /** Puts a prepared question into the composer. */
  ask: (message: string) => void
  /** Brings a call into view, be it drawn or not, and gives it the focus. */
  showCall: (callId: string) => void
  sourceOf: SourceOf
}
