import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelMessage, ModelRequest } from '@fairlead/agent/model'
import type { ModelFetch } from './model-fetch.ts'
import type { ModelSettings } from './model-settings.ts'

/** Options that stay the same from request to request. */
export type CallSettings = Pick<
  LanguageModelV4CallOptions,
  'temperature' | 'maxOutputTokens' | 'reasoning' | 'providerOptions'
>
type PromptMessage = LanguageModelV4CallOptions['prompt'][number]
type ProviderOptions = NonNullable<LanguageModelV4CallOptions['providerOptions']>

/** How a provider wants its prompt written, where providers differ. */
export type PromptDialect = {
  /** The messages in front: the cacheable prefix and the facts behind it. */
  system(request: Pick<ModelRequest, 'system' | 'systemTail'>): PromptMessage[]
  /** Put on the last tool, so that the list up to it is cached. */
  toolListMark?: ProviderOptions
  /** Options of one assistant message, beside its content. */
  assistantOptions?(
    message: Extract<ModelMessage, { role: 'assistant' }>,
    all: readonly ModelMessage[],
  ): ProviderOptions | undefined
  /** Whether signed reasoning goes back with the turn it belongs to. */
  replaysReasoning: boolean
  /** Ids of other providers, in the alphabet of this one. */
  toolCallId(id: string): string
}

export type ProviderModel = {
  language: LanguageModelV4
  /** For streamed turns. */
  turn: CallSettings
  /** For short JSON answers: titles, next speaker. */
  ask: CallSettings
  dialect: PromptDialect
}

export type ProviderConnection = {
  settings: ModelSettings
  /** The part of `LLM_MODEL` behind the provider. */
  modelId: string
  fetch: ModelFetch
}

/** Makes the model of one provider. Throws a `ModelConfigurationError` for what can never work. */
export type Provider = (connection: ProviderConnection) => ProviderModel
