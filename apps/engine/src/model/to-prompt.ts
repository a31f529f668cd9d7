import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import type { ModelMessage, ModelRequest, ModelTool } from '@fairlead/agent/model'
import { parseArguments } from './parse-arguments.ts'
import type { PromptDialect } from './provider.ts'
import type { TurnContent } from './turn-content.ts'

type Prompt = LanguageModelV4CallOptions['prompt']
type AssistantMessage = Extract<ModelMessage, { role: 'assistant' }>
type AssistantPart = Extract<Prompt[number], { role: 'assistant' }>['content'][number]

/** The neutral messages in the shape of one provider, system prompt in front. */
export function toPrompt(
  request: ModelRequest,
  { dialect, provider }: { dialect: PromptDialect; provider: string },
): Prompt {
  const { messages } = request
  return [...dialect.system(request), ...messages.map((message) => toPromptMessage(message))]

  function toPromptMessage(message: ModelMessage): Prompt[number] {
    if (message.role === 'user') return { role: 'user', content: [{ type: 'text', text: message.content }] }
    if (message.role === 'tool') {
      const { name: toolName, content: value } = message
      const toolCallId = dialect.toolCallId(message.tool_call_id)
      return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value } }] }
    }
    return {
      role: 'assistant',
      content: isOwn(message.provider) ? replayed(message, message.provider.body) : rebuilt(message),
      providerOptions: dialect.assistantOptions?.(message, messages),
    }
  }

  /** A turn without signatures has no body: the neutral message says it all. */
  function isOwn(turn: AssistantMessage['provider']): turn is { name: string; body: TurnContent } {
    return turn?.name === provider && Array.isArray(turn.body)
  }

  function rebuilt(message: AssistantMessage): AssistantPart[] {
    const calls = (message.tool_calls ?? []).map(
      (call): AssistantPart => ({
        type: 'tool-call',
        toolCallId: dialect.toolCallId(call.id),
        toolName: call.name,
        input: parseArguments(call.arguments),
      }),
    )
    return message.content === '' ? calls : [{ type: 'text', text: message.content }, ...calls]
  }

  /** As the provider sent it, less the calls that the transcript has dropped for want of an answer. */
  function replayed(message: AssistantMessage, body: TurnContent): AssistantPart[] {
    const kept = new Set(message.tool_calls?.map((call) => call.id))
    return body.flatMap((part): AssistantPart[] => {
      const providerOptions = part.providerMetadata
      if (part.type === 'text') return [{ type: 'text', text: part.text, providerOptions }]
      if (part.type === 'reasoning') {
        return dialect.replaysReasoning ? [{ type: 'reasoning', text: part.text, providerOptions }] : []
      }
      if (!kept.has(part.toolCallId)) return []
      const { toolCallId, toolName } = part
      return [{ type: 'tool-call', toolCallId, toolName, input: parseArguments(part.input), providerOptions }]
    })
  }
}

/** Function definitions, in the order given, the last one marked where the provider caches the list. */
export function toTools(
  tools: ModelRequest['tools'],
  { toolListMark }: Pick<PromptDialect, 'toolListMark'>,
): LanguageModelV4FunctionTool[] {
  const listed = tools.map(definitionOf)
  const last = listed.at(-1)
  return last === undefined || toolListMark === undefined
    ? listed
    : [...listed.slice(0, -1), { ...last, providerOptions: toolListMark }]
}

function definitionOf({ name, description, inputSchema }: ModelTool): LanguageModelV4FunctionTool {
  return { type: 'function', name, description, inputSchema: inputSchema as LanguageModelV4FunctionTool['inputSchema'] }
}
