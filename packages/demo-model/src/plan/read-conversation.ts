import { callMessages } from '@fairlead/agent/call-messages'
import type { ModelMessage } from '@fairlead/agent/model'
import type { PastCall } from './next-turn.ts'
import type { Reply } from './plan.ts'

/** What a person said before, and all that was answered. */
export type Exchange = { question: string; answer: string }

export type Conversation = {
  /** The newest thing a person has said. */
  question: string
  /** What went before it, newest first. */
  before: readonly Exchange[]
  /** Messages since the question. */
  length: number
  /** Calls made for the question so far. */
  past: readonly PastCall[]
}

/** What the planner must know of a transcript. */
export function readConversation(messages: readonly ModelMessage[]): Conversation {
  const at = messages.findLastIndex(({ role }) => role === 'user')
  return {
    question: messages[at]?.content ?? '',
    before: exchangesIn(messages.slice(0, Math.max(at, 0))),
    length: messages.length - at - 1,
    past: callsOf(messages.slice(at + 1)),
  }
}

function exchangesIn(messages: readonly ModelMessage[]): Exchange[] {
  const exchanges: { question: string; answers: string[] }[] = []
  for (const { role, content } of messages) {
    if (role === 'user') exchanges.unshift({ question: content, answers: [] })
    if (role === 'assistant' && content !== '') exchanges[0]?.answers.push(content)
  }
  return exchanges.map(({ question, answers }) => ({ question, answer: answers.join('\n\n') }))
}

function callsOf(messages: readonly ModelMessage[]): PastCall[] {
  const answers = new Map(
    messages.flatMap((message) => (message.role === 'tool' ? [[message.tool_call_id, message.content] as const] : [])),
  )
  const made = messages.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []))
  return made.map(({ id, name, arguments: text }) => ({
    tool: name,
    args: JSON.parse(text) as Record<string, unknown>,
    reply: replyOf(answers.get(id) ?? ''),
  }))
}

const starts: readonly [text: string, kind: Reply['kind']][] = [
  [callMessages.unknown('').split('.')[0] ?? '', 'unknown'],
  [callMessages.failed(''), 'failed'],
  [callMessages.denied().slice(0, 'Tool call was denied'.length), 'denied'],
  [callMessages.cancelled('').split(':')[0] ?? '', 'cancelled'],
]

function replyOf(message: string): Reply {
  const kind = starts.find(([text]) => message.startsWith(text))?.[1] ?? 'answered'
  const inside = /<tool_output [^>]*>\n([\s\S]*?)\n<\/tool_output>/.exec(message)?.[1]
  return { kind, text: inside ?? message }
}
