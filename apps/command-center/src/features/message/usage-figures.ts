import type { UsageView } from '@fairlead/client/conversation/conversation-view'
import { formatCount } from '../../ui/format/format-count.ts'

export type UsageFigure = {
  /** Short, and in full for the tooltip and for those who listen. */
  text: string
  title: string
  tone?: 'accent'
}

type Usage = Pick<UsageView, 'prompt_tokens' | 'completion_tokens' | 'total_tokens' | 'cached_tokens' | 'cost'> & {
  ttftMs: number | undefined
  ttrMs: number | undefined
  generationMs: number
}

/** What is known of it, in the order in which it is shown. */
export function usageFigures(usage: Usage): UsageFigure[] {
  const { ttftMs = 0, ttrMs = 0, generationMs, completion_tokens: completion, total_tokens: total } = usage
  const rate = (completion / (generationMs / 1_000)).toFixed(1)
  return [
    ...(ttftMs > 0 ? [{ text: secondsOf(ttftMs), title: `Time to the first token: ${secondsOf(ttftMs)}` }] : []),
    ...(completion > 0 && generationMs > 0 ? [{ text: `${rate} t/s`, title: `${rate} tokens per second` }] : []),
    ...(ttrMs > 0 ? [{ text: secondsOf(ttrMs), title: `Time to respond: ${secondsOf(ttrMs)}` }] : []),
    ...(total > 0
      ? [
          { text: `↑ ${formatCount(usage.prompt_tokens)}`, title: `${exact(usage.prompt_tokens)} prompt tokens` },
          { text: `↓ ${formatCount(completion)}`, title: `${exact(completion)} completion tokens` },
          { text: `Σ ${formatCount(total)}`, title: `${exact(total)} tokens in all` },
        ]
      : []),
    ...(usage.cached_tokens > 0
      ? [
          {
            text: `${formatCount(usage.cached_tokens)} cached`,
            title: `${exact(usage.cached_tokens)} prompt tokens from the cache`,
            tone: 'accent' as const,
          },
        ]
      : []),
    ...(usage.cost !== undefined && usage.cost > 0
      ? [{ text: dollars(usage.cost), title: `Cost: ${dollars(usage.cost)}` }]
      : []),
  ]
}

export function usageOfMessage(usage: UsageView): Usage {
  const [ttftMs, ttrMs] = [usage.ttft_ms ?? 0, usage.ttr_ms ?? 0]
  return { ...usage, ttftMs, ttrMs, generationMs: Math.max(0, ttrMs - ttftMs) }
}

/** "420ms", "1.85s". */
function secondsOf(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)}ms` : `${(ms / 1_000).toFixed(2)}s`
}

const exact = (count: number) => count.toLocaleString('en')
const dollars = (cost: number) => `$${cost < 0.01 ? cost.toFixed(4) : cost.toFixed(2)}`
