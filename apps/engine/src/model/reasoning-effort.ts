import type { CallSettings } from './provider.ts'
import type { Thinking } from './thinking.ts'

/** This format knows no budget, only three levels; the thresholds are those of the usual proxies. */
export function reasoningEffort(thinking: Thinking): CallSettings['reasoning'] {
  if (thinking.mode === 'off') return undefined
  if (thinking.mode === 'effort') return thinking.effort === 'default' ? undefined : thinking.effort
  if (thinking.tokens >= 4096) return 'high'
  return thinking.tokens >= 2048 ? 'medium' : 'low'
}
