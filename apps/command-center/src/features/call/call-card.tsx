'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { isUndecided, type Viewer } from '@fairlead/client/decision/decide-right'
import type { ReactNode } from 'react'
import { HoldHeight } from '../../ui/layout/hold-height.tsx'
import { useKeptFocus } from '../../ui/layout/use-kept-focus.ts'
import { useLoaded } from '../../ui/loading/use-loaded.ts'
import type { DecisionState, RequestState } from '../conversation/live-state.ts'
import type { SourceOf } from '../values/taint-mark.tsx'
import { CallRows } from './call-rows.tsx'
import { DecidedPlace } from './decided-place.tsx'
import { isOnItsWay } from './is-on-its-way.ts'
import { WaitingCard } from './waiting-card.tsx'

/** They come with the first call that is in their state, or is about to be. */
const loadBusyCard = () => import('./busy-card.tsx').then((it) => it.BusyCard)
const loadEndedCard = () => import('./ended-card.tsx').then((it) => it.EndedCard)

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
  /** Absent where no undo may be asked for. */
  onUndo?: () => void
  /** Puts a prepared question into the composer. */
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

/** One tool call, whatever became of it. A read is a row, a write a card that folds when it has ended. */
export function CallCard(props: CallCardProps) {
  const { call } = props
  const isWrite = call.class === 'write' || call.requires_approval
  return isWrite ? <WriteCard {...props} /> : <Row {...props} />
}

function Row({ call, conversationId, top }: CallCardProps) {
  return <CallRows calls={[call]} conversationId={conversationId} top={top} />
}

function WriteCard(props: CallCardProps) {
  const { call, decision, isBesideWaiting = false } = props
  const state = stateOf(call)
  const isUnderWay = decision !== undefined || state === 'busy'
  const BusyCard = useLoaded(loadBusyCard, isUnderWay)
  const EndedCard = useLoaded(loadEndedCard, isUnderWay || state === 'ended')
  const Card = { waiting: WaitingCard, busy: BusyCard, ended: EndedCard }[state] ?? DecidedPlace
  const shape = Card === DecidedPlace ? 'coming' : state
  useKeptFocus(call.call_id, shape)
  if (call.status === 'pending' && !call.effect) return <Row {...props} />
  return (
    <HoldHeight shape={shape} isOn={shape !== 'waiting' && isBesideWaiting}>
      <Card {...props} />
    </HoldHeight>
  )
}

function stateOf(call: CallView): 'waiting' | 'busy' | 'ended' {
  if (isUndecided(call)) return 'waiting'
  return isOnItsWay(call) ? 'busy' : 'ended'
}
