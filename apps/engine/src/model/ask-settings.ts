import type { CallSettings } from './provider.ts'
import { isKnownToReason } from './thinking.ts'

/** Models that reason refuse a temperature; the others do not know an effort. */
export function askSettings(maxOutputTokens: number | undefined, modelId: string): CallSettings {
  return isKnownToReason(modelId) ? { maxOutputTokens, reasoning: 'low' } : { maxOutputTokens, temperature: 0 }
}
