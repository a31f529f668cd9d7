import { ChatPage } from '../../../../features/chat/chat-page.tsx'
import { ChatFrame } from '../../../../features/shell/chat-frame.tsx'

export default async function Chat({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return (
    <ChatFrame conversationId={id}>
      <ChatPage conversationId={id} />
    </ChatFrame>
  )
}
