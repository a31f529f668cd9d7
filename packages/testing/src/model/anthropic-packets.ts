import { type Packet, PacketBuilder, type Part, type ReplyParts } from './model-packets.ts'

const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
} as const

/** What a signed thinking block carries; a client must hand it back unchanged with the tool results. */
export const thinkingSignature = 'c2lnbmVkIGJ5IHRoZSBzY3JpcHRlZCBtb2RlbA=='

/** The Messages stream: named events, one content block after the other, usage in `message_start` and `message_delta`. */
export function anthropicPackets(model: string, reply: ReplyParts): Packet[] {
  const builder = new PacketBuilder()
  builder.frame(
    event('message_start', {
      message: { ...envelope(model), content: [], stop_reason: null, usage: openingUsage(reply) },
    }),
  )
  builder.frame(event('ping', {}))
  for (const [index, part] of reply.parts.entries()) {
    builder.frame(event('content_block_start', { index, content_block: emptyBlock(part) }))
    for (const piece of part.pieces) builder.piece(event('content_block_delta', { index, delta: delta(part, piece) }))
    if (part.kind === 'reasoning') {
      const signed = { type: 'signature_delta', signature: thinkingSignature }
      builder.frame(event('content_block_delta', { index, delta: signed }))
    }
    builder.frame(event('content_block_stop', { index }))
  }
  const stop = { stop_reason: stopReasons[reply.finish], stop_sequence: null }
  builder.frame(event('message_delta', { delta: stop, usage: { output_tokens: reply.usage.output } }))
  builder.frame(event('message_stop', {}))
  return builder.finish()
}

export function anthropicAnswer(model: string, reply: ReplyParts): object {
  const usage = { ...openingUsage(reply), output_tokens: reply.usage.output }
  return { ...envelope(model), content: reply.parts.map(wholeBlock), stop_reason: stopReasons[reply.finish], usage }
}

export function anthropicError(status: number, message: string): object {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'api_error' : 'invalid_request_error'
  return { type: 'error', error: { type, message } }
}

export const anthropicErrorEvent = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

function envelope(model: string) {
  return { id: 'msg_scripted', type: 'message', role: 'assistant', model, stop_sequence: null }
}

/** This format counts cached input apart from the rest. */
function openingUsage({ usage }: ReplyParts) {
  return {
    input_tokens: usage.input - usage.cachedInput,
    cache_read_input_tokens: usage.cachedInput,
    cache_creation_input_tokens: 0,
    output_tokens: 1,
  }
}

function emptyBlock(part: Part): object {
  if (part.kind === 'text') return { type: 'text', text: '' }
  if (part.kind === 'reasoning') return { type: 'thinking', thinking: '', signature: '' }
  return { type: 'tool_use', id: part.id, name: part.name, input: {} }
}

function delta(part: Part, piece: string): object {
  if (part.kind === 'text') return { type: 'text_delta', text: piece }
  if (part.kind === 'reasoning') return { type: 'thinking_delta', thinking: piece }
  return { type: 'input_json_delta', partial_json: piece }
}

function wholeBlock(part: Part): object {
  const whole = part.pieces.join('')
  if (part.kind === 'text') return { type: 'text', text: whole }
  if (part.kind === 'reasoning') return { type: 'thinking', thinking: whole, signature: thinkingSignature }
  return { type: 'tool_use', id: part.id, name: part.name, input: JSON.parse(whole) }
}
