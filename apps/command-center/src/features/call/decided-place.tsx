import { knownEffect } from '../effect/known-effect.ts'
import { Summary } from '../effect/summary.tsx'
import type { CallCardProps } from './call-card-props.ts'
import { StatusIcon } from './status-icon.tsx'
import { statusWords } from './status-word.ts'

/** Where the card of a decided write comes, as high as the one line of a write that is over; it tells what is known. */
export function DecidedPlace({ call, top }: CallCardProps) {
  return (
    <section
      id={`call-${call.call_id}`}
      tabIndex={-1}
      aria-labelledby={`call-${call.call_id}-heading`}
      className="scroll-mt-16 rounded-md border border-l-3 border-line border-l-line-strong bg-surface outline-offset-2"
    >
      {top !== undefined && <div className="border-b border-line bg-sunken px-3.5 py-1.75 text-sm">{top}</div>}
      <div className="flex min-h-6 gap-2.5 px-3.5 py-1.75 text-sm">
        <span className="flex h-5 items-center">
          <StatusIcon status={call.status} isNamed={false} />
        </span>
        <span className="min-w-0 wrap-anywhere">
          <span id={`call-${call.call_id}-heading`} className="inline-block max-w-full first-letter:uppercase">
            <Summary text={knownEffect(call.effect)?.summary ?? (call.title || call.tool)} />
          </span>{' '}
          <span className="text-ink-3">{statusWords[call.status]?.text ?? call.status}</span>
        </span>
      </div>
    </section>
  )
}
