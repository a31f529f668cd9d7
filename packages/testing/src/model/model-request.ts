import type { IncomingHttpHeaders } from 'node:http'

export type ModelFormat = 'openai' | 'anthropic'

export type SeenMessage = {
  role: 'user' | 'assistant' | 'tool'
  text: string
  reasoning: string
  toolCalls: { id: string; name: string; args: unknown }[]
  /** On a tool's message: which call it answers. */
  toolCallId?: string
}

/** One request for an answer, the same view for both formats; `raw` is the parsed body as it came. */
export type ModelRequest = {
  format: ModelFormat
  model: string
  isStreamed: boolean
  system: string
  messages: SeenMessage[]
  tools: { name: string; description: string; schema: unknown }[]
  raw: Record<string, unknown>
  headers: IncomingHttpHeaders
}

type Fields = Record<string, unknown>

export function readModelRequest(format: ModelFormat, body: string, headers: IncomingHttpHeaders): ModelRequest {
  const raw = asFields(JSON.parse(body))
  const common = { format, model: String(raw.model), isStreamed: raw.stream === true, raw, headers }
  const messages = asList(raw.messages)
  if (format === 'anthropic') {
    return {
      ...common,
      system: textOf(raw.system),
      messages: messages.flatMap(anthropicMessages),
      tools: asList(raw.tools).map((tool) => named(tool, tool.input_schema)),
    }
  }
  const isSystem = ({ role }: Fields) => role === 'system' || role === 'developer'
  return {
    ...common,
    system: messages
      .filter(isSystem)
      .map(({ content }) => textOf(content))
      .join('\n'),
    messages: messages.filter((message) => !isSystem(message)).map(openaiMessage),
    tools: asList(raw.tools).map((tool) => {
      const declared = asFields(tool.function)
      return named(declared, declared.parameters)
    }),
  }
}

function openaiMessage(message: Fields): SeenMessage {
  return {
    role: roleOf(message.role),
    text: textOf(message.content),
    reasoning: textOf(message.reasoning_content),
    toolCalls: asList(message.tool_calls).map((call) => {
      const { name, arguments: args } = asFields(call.function)
      return { id: String(call.id), name: String(name), args: parsed(String(args)) }
    }),
    ...(message.tool_call_id === undefined ? {} : { toolCallId: String(message.tool_call_id) }),
  }
}

/** A person's message may carry the results of several tools: each becomes a message, as the other format has it. */
function anthropicMessages(message: Fields): SeenMessage[] {
  const role = roleOf(message.role)
  const blocks =
    typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : asList(message.content)
  const results = blocks.filter(({ type }) => type === 'tool_result')
  const rest = blocks.filter(({ type }) => type !== 'tool_result')
  const seen: SeenMessage[] = results.map((block) => ({
    role: 'tool',
    text: textOf(block.content),
    reasoning: '',
    toolCalls: [],
    toolCallId: String(block.tool_use_id),
  }))
  if (rest.length === 0) return seen
  const joined = (kind: string, field: string) =>
    rest
      .filter(({ type }) => type === kind)
      .map((block) => String(block[field]))
      .join('')
  const toolCalls = rest
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input }) => ({ id: String(id), name: String(name), args: input }))
  return [...seen, { role, text: joined('text', 'text'), reasoning: joined('thinking', 'thinking'), toolCalls }]
}

function named({ name, description }: Fields, schema: unknown) {
  return { name: String(name), description: textOf(description), schema }
}

function roleOf(role: unknown): SeenMessage['role'] {
  if (role === 'user' || role === 'assistant' || role === 'tool') return role
  throw new Error(`no such role: ${String(role)}`)
}

function textOf(content: unknown): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  return asList(content)
    .map(({ text }) => String(text ?? ''))
    .join('')
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json // arguments that were not JSON in the first place
  }
}

function asList(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(asFields) : []
}

function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new Error('not an object')
  return value as Fields
}
