'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { isRunActive } from '@fairlead/client/conversation/selectors'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import { type ReactNode, useCallback } from 'react'
import { CallCard } from '../call/call-card.tsx'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { useDecision, useLive, useWaitingCalls } from '../conversation/use-live-conversation.ts'
import type { ChatActions } from './chat-actions.ts'

type CallItemProps = { live: LiveConversation; call: CallView; viewer: Viewer; actions: ChatActions; top?: ReactNode }

/** The card of a write, with what may be done about it from here. */
export function CallItem({ live, call, viewer, actions, top }: CallItemProps) {
  const { call_id } = call
  const decision = useDecision(live, call_id)
  const undo = useLive(live, (it) => it.undos[call_id])
  const isRunning = useLive(live, (it) => isRunActive(it.view))
  const isBulkRunning = useLive(live, (it) => it.bulk !== undefined && it.bulk.state !== 'done')
  const isBesideWaiting = useWaitingCalls(live).some((it) => it.call_id !== call_id)
  const readAgain = useCallback(() => void live.readCall(call_id), [live, call_id])
  return (
    <CallCard
      call={call}
      viewer={viewer}
      decision={decision}
      isBulkRunning={isBulkRunning}
      isBesideWaiting={isBesideWaiting}
      onDecide={(it) => live.decide(call, it)}
      onExpire={readAgain}
      onWithdraw={isRunning ? undefined : () => live.withdraw()}
      undo={undo}
      onUndo={actions.mayChange ? () => live.undo(call_id) : undefined}
      onAskToCheck={actions.ask}
      isRunActive={isRunning}
      conversationId={live.id}
      sourceOf={actions.sourceOf}
      top={top}
    />
  )
}
