import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import type { Tone } from './tone.ts'

const tones: Record<Tone, string> = {
  neutral: 'border-line bg-sunken',
  ask: 'border-ask-line bg-ask-soft',
  loss: 'border-loss/30 bg-loss-soft',
  good: 'border-good/30 bg-good-soft',
  info: 'border-info/30 bg-info-soft',
}

/** A state of the whole page or of the part it stands on. */
export function Banner({ tone, children, action }: { tone: Tone; children: ReactNode; action?: ReactNode }) {
  return (
    <div
      role={tone === 'loss' ? 'alert' : 'status'}
      className={cx(
        'flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border px-3 py-1.5 text-sm text-ink',
        tones[tone],
      )}
    >
      <div className="min-w-0 flex-1 basis-56 wrap-anywhere">{children}</div>
      {action}
    </div>
  )
}
