import { type Packet, PacketBuilder, type ReplyParts } from './model-packets.ts'

const finishReasons = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
} as const

/** The chat-completions stream: `data:` frames, tool calls in fragments, usage in a last frame when it is asked for. */
export function openaiPackets(model: string, reply: ReplyParts, withUsage: boolean): Packet[] {
  const builder = new PacketBuilder()
  const head = `{"id":"chatcmpl-scripted","object":"chat.completion.chunk","created":1767225600,"model":${JSON.stringify(model)}`
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${head},"choices":[{"index":0,"delta":${JSON.stringify(delta)},"finish_reason":${JSON.stringify(finish)}}]}\n\n`
  builder.frame(chunk({ role: 'assistant', content: '' }))
  let index = 0
  for (const part of reply.parts) {
    if (part.kind === 'tool-call') {
      const { id, name } = part
      builder.frame(chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }))
      for (const piece of part.pieces) builder.piece(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }))
      index++
    } else {
      const field = part.kind === 'text' ? 'content' : 'reasoning_content'
      for (const piece of part.pieces) builder.piece(chunk({ [field]: piece }))
    }
  }
  builder.frame(chunk({}, finishReasons[reply.finish]))
  if (withUsage) builder.frame(`data: ${head},"choices":[],"usage":${JSON.stringify(openaiUsage(reply))}}\n\n`)
  builder.frame('data: [DONE]\n\n')
  return builder.finish()
}

export function openaiAnswer(model: string, reply: ReplyParts): object {
  const joined = (kind: 'text' | 'reasoning') =>
    reply.parts
      .filter((part) => part.kind === kind)
      .flatMap(({ pieces }) => pieces)
      .join('')
  const calls = reply.parts.filter((part) => part.kind === 'tool-call')
  const message = {
    role: 'assistant',
    content: joined('text'),
    ...(joined('reasoning') ? { reasoning_content: joined('reasoning') } : {}),
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ id, name, pieces }) => ({
            id,
            type: 'function',
            function: { name, arguments: pieces.join('') },
          })),
        }
      : {}),
  }
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created: 1767225600,
    model,
    choices: [{ index: 0, message, finish_reason: finishReasons[reply.finish] }],
    usage: openaiUsage(reply),
  }
}

export function openaiError(status: number, message: string): object {
  const type = status === 429 ? 'rate_limit_exceeded' : status >= 500 ? 'server_error' : 'invalid_request_error'
  return { error: { message, type, code: type, param: null } }
}

export const openaiErrorEvent = `data: ${JSON.stringify(openaiError(503, 'The server is overloaded, try again.'))}\n\n`

function openaiUsage({ usage }: ReplyParts) {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cachedInput },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }
}
