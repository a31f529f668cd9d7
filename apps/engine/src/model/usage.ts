import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Usage } from '@fairlead/agent/model'
import { calcPrice } from '@pydantic/genai-prices'

/** US dollars for the tokens of one request. */
export type Price = (tokens: { input: number; output: number; cacheRead: number; cacheWrite: number }) => number

/** Prices of the table that ships with the engine; 0 for a model that is not in it. */
export function priceOf(provider: string, modelId: string): Price {
  const isKnown = calcPrice({}, modelId, { providerId: provider }) !== null
  if (!isKnown) return () => 0
  return (tokens) => {
    // Some servers report figures that contradict each other; the table refuses to reckon with those.
    const input = Math.max(0, tokens.input)
    const cacheRead = Math.min(input, Math.max(0, tokens.cacheRead))
    const usage = {
      input_tokens: input,
      output_tokens: Math.max(0, tokens.output),
      cache_read_tokens: cacheRead,
      cache_write_tokens: Math.min(input - cacheRead, Math.max(0, tokens.cacheWrite)),
    }
    const found = calcPrice(usage, modelId, { providerId: provider })
    return found?.total_price ?? 0
  }
}

/** Tokens as the provider reported them; undefined when it reported none. */
export function toUsage(reported: LanguageModelV4Usage, price: Price): Usage | undefined {
  const { inputTokens, outputTokens, raw } = reported
  if (inputTokens.total === undefined && outputTokens.total === undefined) return undefined
  const input = inputTokens.total ?? 0
  const output = outputTokens.total ?? 0
  const cacheRead = inputTokens.cacheRead ?? 0
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: typeof raw?.total_tokens === 'number' ? raw.total_tokens : input + output,
    cached_tokens: reportsCache(raw) ? cacheRead : null,
    cost: price({ input, output, cacheRead, cacheWrite: inputTokens.cacheWrite ?? 0 }),
  }
}

/** The clients turn a missing figure into 0; only the raw answer tells "none" from "not said". */
function reportsCache(raw: LanguageModelV4Usage['raw']): boolean {
  const details = raw?.prompt_tokens_details ?? raw?.input_tokens_details
  if (typeof details === 'object' && details !== null && 'cached_tokens' in details)
    return details.cached_tokens !== null
  return typeof raw?.cache_read_input_tokens === 'number'
}
