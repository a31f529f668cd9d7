import type { CallStatus } from '@fairlead/contract/call/call'
import {
  Ban,
  Check,
  CircleAlert,
  CircleHelp,
  Clock,
  ClockAlert,
  Hourglass,
  LoaderCircle,
  Minus,
  ShieldCheck,
} from 'lucide-react'
import { cx } from '../../ui/cx.ts'
import { type StatusTone, statusWords } from './status-word.ts'

const icons = {
  pending: Hourglass,
  awaiting_approval: Clock,
  approved: ShieldCheck,
  executing: LoaderCircle,
  completed: Check,
  error: CircleAlert,
  denied: Ban,
  cancelled: Minus,
  expired: ClockAlert,
  unknown: CircleHelp,
} satisfies Record<CallStatus, unknown>

export const toneInks: Record<StatusTone, string> = {
  quiet: 'text-ink-3',
  wait: 'text-ask',
  busy: 'text-accent',
  done: 'text-good',
  bad: 'text-loss',
  doubt: 'text-ask',
}

type StatusIconProps = {
  status: CallStatus
  isNamed?: boolean
  /** What came of it, where the status alone says less. */
  tone?: StatusTone
}

/** A completed write is not good before it was checked. */
const doneIcons: Partial<Record<StatusTone, typeof Check>> = { bad: CircleAlert, doubt: CircleHelp }

/** The status in a picture; the word stands beside it, or is read by those who do not see it. */
export function StatusIcon({ status, isNamed = true, tone: own }: StatusIconProps) {
  const { text, tone: usual } = statusWords[status] ?? { text: status, tone: 'doubt' as const }
  const tone = own ?? usual
  const Icon = status === 'completed' && tone !== 'done' ? (doneIcons[tone] ?? Check) : (icons[status] ?? CircleHelp)
  return (
    <span className={cx('inline-flex shrink-0', toneInks[tone])}>
      <Icon
        aria-hidden="true"
        className={cx('size-3.75', status === 'executing' && 'animate-spin motion-reduce:animate-none')}
      />
      {isNamed && <span className="sr-only">{text}</span>}
    </span>
  )
}
