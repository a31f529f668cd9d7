import type { ModelCall, ModelMessage } from './model.ts'
import { headAndTail } from './tool-output.ts'

/** One generation as the record holds it, with the calls it made. */
export type RecordedTurn = {
  kind: 'turn'
  provider: string
  content: string
  reasoning: string
  body: unknown
  nudge?: string
  calls: readonly RecordedCall[]
}

/** A call of a turn and what the model reads of it; null while it is not done. */
export type RecordedCall = {
  call_id: string
  provider_id: string
  tool: string
  args: Record<string, unknown>
  message: string | null
}

export type RecordedUserMessage = { kind: 'user'; content: string }

/** What happened in a conversation, oldest first: the model's view is derived from it and never stored. */
export type RecordedEntry = RecordedUserMessage | RecordedTurn

const PENDING = 'The call has not run: it is pending approval.'

/**
 * Builds the messages of a request: the first user message and the newest ones, every tool message right behind its
 * call, within the model's window.
 * @param entries newest ones of the conversation, oldest first
 * @param options `first`: the conversation's first user message when `entries` does not begin with it;
 *   `maxMessages`: the window in messages; `maxTokens`: four fifths of the model's window, by estimate
 */
export function buildTranscript(
  entries: readonly RecordedEntry[],
  options: { provider: string; maxMessages: number; maxTokens: number; first?: string },
): ModelMessage[] {
  const all = entries.flatMap((entry) => messagesOf(entry, options.provider))
  return shortened(paired(windowed(all, options)), options.maxTokens)
}

function messagesOf(entry: RecordedEntry, provider: string): ModelMessage[] {
  if (entry.kind === 'user') return [{ role: 'user', content: entry.content }]
  const nudge: ModelMessage[] = entry.nudge === undefined ? [] : [{ role: 'user', content: entry.nudge }]
  const own = entry.provider === provider
  if (entry.content === '' && entry.calls.length === 0) return []
  const calls: ModelCall[] = entry.calls.map(({ provider_id, tool, args }) => ({
    id: provider_id,
    name: tool,
    arguments: JSON.stringify(args),
  }))
  const assistant: ModelMessage = {
    role: 'assistant',
    content: entry.content,
    ...(own && entry.reasoning !== '' && { reasoning_content: entry.reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(own && { provider: { name: entry.provider, body: entry.body } }),
  }
  const answers = entry.calls.map(
    ({ provider_id, tool, message }): ModelMessage => ({
      role: 'tool',
      tool_call_id: provider_id,
      name: tool,
      content: message ?? PENDING,
    }),
  )
  return [...nudge, assistant, ...answers]
}

function windowed(
  messages: readonly ModelMessage[],
  { maxMessages, first }: { maxMessages: number; first?: string },
): ModelMessage[] {
  const opening: ModelMessage | undefined = first === undefined ? messages[0] : { role: 'user', content: first }
  if (opening === undefined) return []
  const rest = first === undefined ? messages.slice(1) : messages
  if (rest.length < maxMessages) return [opening, ...rest]
  const tail = rest.slice(rest.length - (maxMessages - 1))
  const whole = tail.findIndex(({ role }) => role !== 'tool')
  // A turn of more calls than the window holds: its assistant message is put back, or the newest results would be lost.
  if (whole === -1) return [opening, ...lastTurn(rest)]
  return [opening, ...tail.slice(whole)]
}

function lastTurn(messages: readonly ModelMessage[]): ModelMessage[] {
  return messages.slice(messages.findLastIndex(({ role }) => role === 'assistant'))
}

/** Drops calls without an answer, answers without their call, and what is left empty. */
function paired(messages: readonly ModelMessage[]): ModelMessage[] {
  const answered = new Set(messages.flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : [])))
  const called = new Set(
    messages.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [])),
  )
  return messages.flatMap((message): ModelMessage[] => {
    if (message.role === 'tool') return called.has(message.tool_call_id) ? [message] : []
    if (message.role === 'user') return [message]
    const calls = (message.tool_calls ?? []).filter(({ id }) => answered.has(id))
    if (calls.length === 0 && message.content === '') return []
    if (calls.length === (message.tool_calls ?? []).length) return [message]
    const { tool_calls: _, provider: __, ...left } = message
    return [calls.length > 0 ? { ...left, tool_calls: calls } : left]
  })
}

/** A cautious estimate: four characters a token. */
export function estimateTokens(messages: readonly ModelMessage[]): number {
  let characters = 0
  for (const message of messages) {
    characters += message.content.length + 16
    if (message.role !== 'assistant') continue
    for (const call of message.tool_calls ?? []) characters += call.arguments.length + call.name.length
    characters += message.reasoning_content?.length ?? 0
  }
  return Math.ceil(characters / 4)
}

const WHOLE_AT_THE_END = 4
const SHORTENED_TO = 2000

/** Cuts the oldest tool results to head and tail until the estimate fits; the last four messages stay whole. */
function shortened(messages: ModelMessage[], maxTokens: number): ModelMessage[] {
  let tokens = estimateTokens(messages)
  if (tokens <= maxTokens) return messages
  return messages.map((message, index) => {
    const mayShorten = message.role === 'tool' && index < messages.length - WHOLE_AT_THE_END
    if (tokens <= maxTokens || !mayShorten || message.content.length <= SHORTENED_TO) return message
    const content = headAndTail(message.content, SHORTENED_TO)
    tokens -= Math.floor((message.content.length - content.length) / 4)
    return { ...message, content }
  })
}
