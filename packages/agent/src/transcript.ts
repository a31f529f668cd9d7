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
  const blocks = entries.flatMap((entry) => blocksOf(entry, options.provider))
  return shortened(windowed(blocks, options), options.maxTokens)
}

/** Messages that are never parted: calls and their answers. */
type Block = readonly ModelMessage[]

function blocksOf(entry: RecordedEntry, provider: string): Block[] {
  if (entry.kind === 'user') return [[{ role: 'user', content: entry.content }]]
  if (entry.content === '' && entry.calls.length === 0) return []
  const own = entry.provider === provider
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
  const turn: Block = [assistant, ...answers]
  return entry.nudge === undefined ? [turn] : [[{ role: 'user', content: entry.nudge }], turn]
}

/** The newest block is always in: of a turn with more calls than the window holds, no result may be lost. */
function windowed(
  blocks: readonly Block[],
  { maxMessages, first }: { maxMessages: number; first?: string },
): ModelMessage[] {
  const [opening = [], ...rest] =
    first === undefined ? blocks : [[{ role: 'user' as const, content: first }], ...blocks]
  let space = maxMessages - opening.length
  const newest: Block[] = []
  for (const block of rest.toReversed()) {
    space -= block.length
    if (space < 0 && newest.length > 0) break
    newest.unshift(block)
  }
  return [opening, ...newest].flat()
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
  return messages.map((message, index) => {
    const mayShorten = message.role === 'tool' && index < messages.length - WHOLE_AT_THE_END
    if (tokens <= maxTokens || !mayShorten) return message
    const content = headAndTail(message.content, SHORTENED_TO)
    tokens -= Math.floor((message.content.length - content.length) / 4)
    return { ...message, content }
  })
}
