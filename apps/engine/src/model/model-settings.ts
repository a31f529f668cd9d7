/** What configuration says about model calls; `id` is `LLM_MODEL`, the rest stands under its own name in the environment. */
export type ModelSettings = {
  /** `provider/model…`; without a slash the provider is `openai`. */
  id: string
  host?: string
  apiKey?: string
  /** Sent with every request when set. */
  maxTokens?: number
  reasoningEffort?: 'low' | 'medium' | 'high' | 'default'
  /** 0 turns thinking off. */
  thinkingBudgetTokens?: number
  /** Clamped to 0–2. */
  temperature?: number
}

/** The provider is what stands before the first slash; the rest may hold slashes of its own. */
export function splitModelId(id: string): { provider: string; modelId: string } {
  const slash = id.indexOf('/')
  return slash < 0
    ? { provider: 'openai', modelId: id }
    : { provider: id.slice(0, slash).toLowerCase(), modelId: id.slice(slash + 1) }
}
