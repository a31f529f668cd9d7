import type { Model, ModelFailure } from '@fairlead/agent/model'
import { askModel } from './ask-model.ts'
import { ModelConfigurationError } from './model-configuration-error.ts'
import { faultDetails } from './model-fault.ts'
import { createModelFetch } from './model-fetch.ts'
import { type ModelSettings, splitModelId } from './model-settings.ts'
import { chatCompletionsProvider, providers } from './providers.ts'
import { streamTurn } from './stream-turn.ts'
import { toPrompt, toTools } from './to-prompt.ts'
import { priceOf } from './usage.ts'

type Options = {
  settings: ModelSettings
  log: { warn(fields: object, message: string): void }
  /** Limit to the first byte and between bytes. */
  silenceSeconds?: number
}

/** The model of `LLM_MODEL`. Rejects with a `ModelConfigurationError` when it can never answer as configured. */
export async function createModel({ settings, log, silenceSeconds = 120 }: Options): Promise<Model> {
  const { provider: name, modelId } = splitModelId(settings.id)
  if (modelId === '') throw new ModelConfigurationError('LLM_MODEL names a provider but no model.')
  if (settings.thinkingBudgetTokens !== undefined && settings.reasoningEffort !== undefined) {
    log.warn({}, 'LLM_THINKING_BUDGET_TOKENS and LLM_REASONING_EFFORT are both set; the budget counts')
  }
  const load = providers[name] ?? chatCompletionsProvider
  const connect = await load()
  const { language, turn, ask, dialect } = connect({
    settings: { ...settings, temperature: clampTemperature(settings.temperature) },
    modelId,
    fetch: createModelFetch({ silenceSeconds }),
  })
  const price = priceOf(name, modelId)
  return {
    id: `${name}/${modelId}`,
    provider: name,
    stream(request, { signal }) {
      const tools = toTools(request.tools, dialect)
      const call = {
        ...turn,
        prompt: toPrompt(request, { dialect, provider: name }),
        ...(tools.length > 0 && { tools, toolChoice: { type: 'auto' as const } }),
      }
      const onFault = (error: unknown, { kind, sentence }: ModelFailure) =>
        log.warn({ provider: name, kind, ...faultDetails(error) }, sentence)
      return streamTurn({ language, call, price, signal, onFault })
    },
    ask: (query, { signal }) => askModel({ ...query, language, settings: ask, price, signal }),
  }
}

function clampTemperature(temperature: number | undefined): number | undefined {
  return temperature === undefined ? undefined : Math.min(2, Math.max(0, temperature))
}
