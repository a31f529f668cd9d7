import type { UserMessageView } from '@fairlead/client/conversation/conversation-view'
import { formatTime } from '../../ui/format/format-time.ts'
import { MessageTime } from './message-time.tsx'

export function UserMessage({ message }: { message: UserMessageView }) {
  return (
    <article className="flex flex-col items-end">
      <h2 className="sr-only">You, {formatTime(message.timestamp)}</h2>
      <UserText text={message.content} />
      <MessageTime timestamp={message.timestamp} />
    </article>
  )
}

/** Boxed, with its line breaks and indentation as they were typed. */
export function UserText({ text, isFaint = false }: { text: string; isFaint?: boolean }) {
  return (
    <div
      className={`max-w-full rounded-lg border border-line bg-surface px-3.5 py-2 wrap-anywhere whitespace-pre-wrap sm:max-w-[80%] ${isFaint ? 'text-ink-2' : ''}`}
    >
      {text}
    </div>
  )
}
