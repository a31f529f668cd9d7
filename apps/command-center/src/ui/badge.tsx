import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import type { Tone } from './tone.ts'

const tones: Record<Tone, string> = {
  neutral: 'border-line text-ink-2',
  ask: 'border-ask-line bg-ask-soft text-ask',
  loss: 'border-loss/40 bg-loss-soft text-loss',
  good: 'border-good/40 bg-good-soft text-good',
  info: 'border-info/40 bg-info-soft text-info',
}

export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1 rounded-full border px-1.75 py-px text-xs font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  )
}
