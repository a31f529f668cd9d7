import type { JsonSchema } from '@fairlead/contract/tool/tool-meta'

/** One function call as the model wrote it; `arguments` is the provider's JSON text, unparsed. */
export type ModelCall = { id: string; name: string; arguments: string }

/** A message of the conversation in the provider-neutral shape. */
export type ModelMessage =
  | { role: 'user'; content: string }
  | {
      role: 'assistant'
      content: string
      reasoning_content?: string
      tool_calls?: ModelCall[]
      /** The provider's own message as it came, signatures included: goes back unchanged to the provider `name`. */
      provider?: { name: string; body: unknown }
    }
  | { role: 'tool'; tool_call_id: string; name: string; content: string }

export type ModelTool = { name: string; description: string; inputSchema: JsonSchema }

export type ModelRequest = {
  /** The stable part of the system prompt; a provider that caches marks its end. */
  system: string
  /** What changes from run to run, behind the cacheable part. */
  systemTail: string
  messages: readonly ModelMessage[]
  tools: readonly ModelTool[]
}

/** Tokens as the provider reported them; `cost` in US dollars, 0 for a model without a known price. */
export type Usage = {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  cached_tokens: number | null
  cost: number
}

export type ModelFailure = {
  type: 'failed'
  /** `cut`: the stream ended without a finish reason. `fatal`: asking again will not help. */
  kind: 'rate-limited' | 'transient' | 'cut' | 'fatal'
  retryAfterSeconds?: number
  /** One plain sentence: no provider body, key or URL. */
  sentence: string
}

export type ModelPart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  /** The first fragment of a call; its arguments are not known yet. */
  | { type: 'tool-call-started' }
  | { type: 'finished'; toolCalls: ModelCall[]; usage?: Usage; body: unknown }
  | ModelFailure

/** A query with a JSON answer, beside the conversation: titles, who speaks next. */
export type ModelQuery = { messages: readonly ModelMessage[]; instruction: string; schema: JsonSchema }

/**
 * A language model. `stream` never rejects for a provider's fault: that is a `failed` part, so the loop has one way
 * out; an abort ends it without a part. `ask` rejects on any fault: nobody depends on its answer.
 */
export type Model = {
  /** As configured, `provider/model`. */
  id: string
  provider: string
  stream(request: ModelRequest, options: { signal: AbortSignal }): AsyncIterable<ModelPart>
  ask(query: ModelQuery, options: { signal: AbortSignal }): Promise<{ text: string; usage?: Usage }>
}
