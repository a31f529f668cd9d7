'use client'

import type { Viewer } from '@fairlead/client/decision/decide-right'
import { memo } from 'react'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { useMessage } from '../conversation/use-live-conversation.ts'
import { AssistantMessage } from './assistant-message.tsx'
import type { ChatActions } from './chat-actions.ts'
import { UserMessage } from './user-message.tsx'

type MessageItemProps = {
  live: LiveConversation
  id: string
  viewer: Viewer
  actions: ChatActions
  hasUsage: boolean
}

export const MessageItem = memo(function MessageItem({ live, id, ...rest }: MessageItemProps) {
  const message = useMessage(live, id)
  if (message === undefined) return null
  if (message.type === 'user') return <UserMessage message={message} />
  return <AssistantMessage live={live} message={message} {...rest} />
})
