import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { ModelMessage } from '@fairlead/agent/model'
import { askSettings } from './ask-settings.ts'
import { ModelConfigurationError } from './model-configuration-error.ts'
import { splitModelId } from './model-settings.ts'
import type { PromptDialect, Provider } from './provider.ts'
import { reasoningEffort } from './reasoning-effort.ts'
import { chooseMaxTokens, chooseThinking, type Thinking } from './thinking.ts'

/** A server that speaks the chat-completions format at `LLM_HOST`, whoever made it. */
export const chatCompletions: Provider = ({ settings, modelId, fetch }) => {
  if (settings.host === undefined) {
    const { provider } = splitModelId(settings.id)
    throw new ModelConfigurationError(`LLM_MODEL names the provider "${provider}", which needs LLM_HOST to be set.`)
  }
  const server = createOpenAICompatible({
    name: 'openaiCompatible',
    baseURL: chatBaseUrl(settings.host),
    apiKey: settings.apiKey,
    includeUsage: true,
    fetch,
  })
  const thinking = chooseThinking(settings, modelId)
  return {
    language: server.chatModel(modelId),
    turn: {
      temperature: settings.temperature,
      maxOutputTokens: chooseMaxTokens(settings, thinking),
      reasoning: reasoningEffort(thinking),
    },
    ask: askSettings(settings.maxTokens, modelId),
    dialect: chatDialect(settings.id, thinking),
  }
}

/** `<LLM_HOST>`, with `/v1` when it has no path of its own. */
function chatBaseUrl(host: string): string {
  const url = new URL(host)
  return url.pathname === '/' ? `${url.origin}/v1` : `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/**
 * `reasoning_content`: models of openai and qwen refuse the field, others want it on every assistant message as soon
 * as reasoning is in play.
 */
function chatDialect(id: string, thinking: Thinking): PromptDialect {
  const parts = id.toLowerCase().split('/')
  const refusesReasoning = !id.includes('/') || parts.includes('openai') || parts.includes('qwen')
  const wantsReasoning = (all: readonly ModelMessage[]) =>
    thinking.mode !== 'off' ||
    all.some((message) => message.role === 'assistant' && message.reasoning_content !== undefined)
  return {
    system: ({ system, systemTail }) => [
      { role: 'system', content: systemTail === '' ? system : `${system}\n\n${systemTail}` },
    ],
    assistantOptions: (message, all) =>
      refusesReasoning || !wantsReasoning(all)
        ? undefined
        : { openaiCompatible: { reasoning_content: message.reasoning_content ?? '' } },
    replaysReasoning: false,
    toolCallId: (id) => id,
  }
}
