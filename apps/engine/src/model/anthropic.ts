import { createAnthropic } from '@ai-sdk/anthropic'
import { askSettings } from './ask-settings.ts'
import { ModelConfigurationError } from './model-configuration-error.ts'
import type { ModelSettings } from './model-settings.ts'
import type { CallSettings, Provider } from './provider.ts'
import { chooseMaxTokens, chooseThinking, type Thinking } from './thinking.ts'

const cacheMark = { anthropic: { cacheControl: { type: 'ephemeral' } } }

export const anthropic: Provider = ({ settings, modelId, fetch }) => {
  const { host, apiKey } = settings
  if (host === undefined && apiKey === undefined) {
    throw new ModelConfigurationError('ANTHROPIC_API_KEY is not set, and neither is LLM_HOST.')
  }
  const server = createAnthropic({
    baseURL: host === undefined ? 'https://api.anthropic.com/v1' : messagesBaseUrl(host),
    // A self-hosted endpoint may want none; the client insists on a text.
    apiKey: apiKey ?? '',
    fetch,
  })
  return {
    language: server.languageModel(modelId),
    turn: turnSettings(settings, chooseThinking(settings, modelId)),
    ask: askSettings(settings.maxTokens, modelId),
    dialect: {
      system: ({ system, systemTail }) => [
        { role: 'system', content: system, providerOptions: cacheMark },
        ...(systemTail === '' ? [] : [{ role: 'system' as const, content: systemTail }]),
      ],
      toolListMark: cacheMark,
      replaysReasoning: true,
      toolCallId: (id) => id.replace(/[^a-zA-Z0-9_-]/g, '_'),
    },
  }
}

/** `<LLM_HOST>/v1`; a final `/v1` of the host counts once. */
function messagesBaseUrl(host: string): string {
  const url = new URL(host)
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`
}

function turnSettings(settings: ModelSettings, thinking: Thinking): CallSettings {
  // Whole arguments at once: the provider checks them before it sends them, and nobody watches them grow.
  const anthropic = { toolStreaming: false }
  const limit = chooseMaxTokens(settings, thinking)
  const { temperature } = settings
  if (thinking.mode !== 'budget') {
    const effort = thinking.mode === 'effort' && thinking.effort !== 'default' ? thinking.effort : undefined
    return { temperature, maxOutputTokens: limit, reasoning: effort, providerOptions: { anthropic } }
  }
  const { tokens } = thinking
  return {
    temperature,
    // The client adds the budget to the limit; ours is the limit of both together.
    maxOutputTokens: limit !== undefined && limit > tokens ? limit - tokens : limit,
    providerOptions: { anthropic: { ...anthropic, thinking: { type: 'enabled', budgetTokens: tokens } } },
  }
}
