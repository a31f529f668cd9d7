'use client'

import type { AssistantMessageView, CallView } from '@fairlead/client/conversation/conversation-view'
import { useMemo } from 'react'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { useLive } from '../conversation/use-live-conversation.ts'
import { Strip } from '../strip/strip.tsx'
import { stripState } from '../strip/strip-state.ts'

type MessageStripProps = {
  live: LiveConversation
  message: AssistantMessageView
  isAttached?: boolean
  onShowCall: (callId: string) => void
}

/** Plan, approve, execute, verify: of the calls of one message. */
export function MessageStrip({ live, message, isAttached = false, onShowCall }: MessageStripProps) {
  const { segments, runIds } = message
  const runState = useLive(live, ({ view }) =>
    view.run !== undefined && runIds.includes(view.run.id) ? view.run.state : undefined,
  )
  const state = useMemo(() => {
    const calls = segments.flatMap((segment): CallView[] => (segment.kind === 'tool' ? [segment.call] : []))
    return stripState({ calls, runState })
  }, [segments, runState])
  if (state === undefined) return null
  return <Strip state={state} isAttached={isAttached} onShowCall={onShowCall} />
}
