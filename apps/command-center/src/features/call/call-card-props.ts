import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import type { ReactNode } from 'react'
import type { DecisionState, RequestState } from '../conversation/live-state.ts'
import type { SourceOf } from '../values/taint-mark.tsx'

export type CallCardProps = {
  call: CallView
  viewer: Viewer
  /** What became of a decision sent from here. */
  decision?: DecisionState
  /** A decision about several calls is under way: single ones wait. */
  isBulkRunning?: boolean
  /** Another one beside it waits for a decision: nothing may move under who is about to press. */
  isBesideWaiting?: boolean
  onDecide: (decision: { approve: boolean; reason?: string; shown?: string }) => void
  /** At its end the call is read again. */
  onExpire?: () => void
  /** Where the owner may take back a call that waits for others. */
  onWithdraw?: () => void
  undo?: RequestState
  /** Absent where no undo may be proposed. */
  onUndo?: () => void
  /** Puts a prepared message into the composer. */
  onAskToCheck?: (message: string) => void
  /** Its run goes on: a verdict may still come. */
  isRunActive?: boolean
  /** Where whole texts are read from. */
  conversationId?: string
  /** An item of the inbox has no arguments. */
  hasArguments?: boolean
  sourceOf?: SourceOf
  /** Stands in the card's head, as the strip does. */
  top?: ReactNode
}
