'use client'

import type { CallView, MessageView } from '@fairlead/client/conversation/conversation-view'
import { findMessage, waitingCalls } from '@fairlead/client/conversation/selectors'
import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { useConversations } from './conversations-provider.tsx'
import type { LiveConversation } from './live-conversation.ts'
import type { DecisionState, LiveState } from './live-state.ts'

/** A conversation that is on the screen as long as the component is. */
export function useLiveConversation(id: string): LiveConversation {
  const conversations = useConversations()
  const live = useMemo(() => conversations.get(id), [conversations, id])
  useEffect(() => conversations.show(live), [conversations, live])
  return live
}

/** Part of its state; draws again only when that part is another one. */
export function useLive<Part>(live: LiveConversation, select: (state: LiveState) => Part): Part {
  return useStore(live.store, select)
}

/** Ids of the messages in their order: the same list while words come. */
export function useMessageIds(live: LiveConversation): readonly string[] {
  return useStore(
    live.store,
    useShallow((state: LiveState) => state.view.messages.map(({ id }) => id)),
  )
}

export function useMessage(live: LiveConversation, id: string): MessageView | undefined {
  return useStore(live.store, (state) => findMessage(state.view, id))
}

export function useDecision(live: LiveConversation, callId: string): DecisionState | undefined {
  return useStore(live.store, (state) => state.decisions[callId])
}

/** Calls of the newest message that wait for a person: the same list until one of them changes. */
export function useWaitingCalls(live: LiveConversation): readonly CallView[] {
  return useStore(
    live.store,
    useShallow((state: LiveState) => waitingCalls(state.view)),
  )
}
