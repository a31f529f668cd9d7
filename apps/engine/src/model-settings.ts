import type { EngineConfig } from './config.ts'
import type { ModelSettings } from './model/model-settings.ts'
import { readApiKey } from './model/read-api-key.ts'

export function modelSettingsOf(config: Readonly<EngineConfig>): ModelSettings {
  return {
    id: config.LLM_MODEL,
    host: config.LLM_HOST,
    apiKey: readApiKey(config.LLM_MODEL, config.PROVIDER_KEYS),
    maxTokens: config.LLM_MAX_TOKENS,
    reasoningEffort: config.LLM_REASONING_EFFORT,
    thinkingBudgetTokens: config.LLM_THINKING_BUDGET_TOKENS,
    temperature: config.LLM_TEMPERATURE,
  }
}
