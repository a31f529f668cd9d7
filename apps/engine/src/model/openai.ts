import { createOpenAI } from '@ai-sdk/openai'
import { askSettings } from './ask-settings.ts'
import { chatCompletions } from './chat-completions.ts'
import { ModelConfigurationError } from './model-configuration-error.ts'
import type { Provider } from './provider.ts'
import { reasoningEffort } from './reasoning-effort.ts'
import { chooseMaxTokens, chooseThinking } from './thinking.ts'

/** Nothing is kept at the provider: what a later turn needs (signed reasoning) travels with the request. */
const keepNothing = { openai: { store: false } }

/** With `LLM_HOST` any server of the chat-completions format, else OpenAI itself. */
export const openai: Provider = (connection) => {
  const { settings, modelId, fetch } = connection
  if (settings.host !== undefined) return chatCompletions(connection)
  if (settings.apiKey === undefined)
    throw new ModelConfigurationError('OPENAI_API_KEY is not set, and neither is LLM_HOST.')
  const server = createOpenAI({ baseURL: 'https://api.openai.com/v1', apiKey: settings.apiKey, fetch })
  const thinking = chooseThinking(settings, modelId)
  return {
    language: server.responses(modelId),
    turn: {
      temperature: settings.temperature,
      maxOutputTokens: chooseMaxTokens(settings, thinking),
      reasoning: reasoningEffort(thinking),
      providerOptions: keepNothing,
    },
    ask: { ...askSettings(settings.maxTokens, modelId), providerOptions: keepNothing },
    dialect: {
      system: ({ system, systemTail }) => [
        { role: 'system', content: system },
        ...(systemTail === '' ? [] : [{ role: 'system' as const, content: systemTail }]),
      ],
      replaysReasoning: true,
      toolCallId: (id) => id,
    },
  }
}
