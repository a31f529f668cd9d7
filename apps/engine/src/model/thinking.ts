import type { ModelSettings } from './model-settings.ts'

/** How much a model is asked to think before it answers. `default` leaves the amount to the provider. */
export type Thinking =
  | { mode: 'off' }
  | { mode: 'effort'; effort: 'low' | 'medium' | 'high' | 'default' }
  | { mode: 'budget'; tokens: number }

const reasoningFamilies = [
  /^o\d/,
  /^gpt-(?:[5-9]|\d\d)(?!.*chat)/,
  /^gpt-oss/,
  /^claude-3[-.]7/,
  /^claude-(?:opus|sonnet|haiku|fable)-[4-9]/,
]

/** Known to reason: asked for high effort unless configuration says otherwise, and never sent a temperature of ours. */
export function isKnownToReason(modelId: string): boolean {
  const name = modelId.slice(modelId.lastIndexOf('/') + 1).toLowerCase()
  return reasoningFamilies.some((family) => family.test(name))
}

/** Budget before effort before what is known of the model. */
export function chooseThinking(settings: ModelSettings, modelId: string): Thinking {
  const { thinkingBudgetTokens: tokens, reasoningEffort: effort } = settings
  if (tokens !== undefined) return tokens === 0 ? { mode: 'off' } : { mode: 'budget', tokens }
  if (effort !== undefined) return { mode: 'effort', effort }
  if (isKnownToReason(modelId)) return { mode: 'effort', effort: 'high' }
  return { mode: 'off' }
}

/** Undefined leaves the limit to the provider. A budget without a limit gets room for the answer beside the thoughts. */
export function chooseMaxTokens(settings: ModelSettings, thinking: Thinking): number | undefined {
  if (settings.maxTokens !== undefined) return settings.maxTokens
  return thinking.mode === 'budget' ? Math.max(2 * thinking.tokens, 16_384) : undefined
}
