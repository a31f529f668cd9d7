'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { isUndecided } from '@fairlead/client/decision/decide-right'
import { HoldHeight } from '../../ui/layout/hold-height.tsx'
import { useKeptFocus } from '../../ui/layout/use-kept-focus.ts'
import { useLoaded } from '../../ui/loading/use-loaded.ts'
import type { CallCardProps } from './call-card-props.ts'
import { CallRows } from './call-rows.tsx'
import { DecidedPlace } from './decided-place.tsx'
import { isOnItsWay } from './is-on-its-way.ts'
import { WaitingCard } from './waiting-card.tsx'

/** They come with the first call that is in their state, or is about to be. */
const loadBusyCard = () => import('./busy-card.tsx').then((it) => it.BusyCard)
const loadEndedCard = () => import('./ended-card.tsx').then((it) => it.EndedCard)

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
