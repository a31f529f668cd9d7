import { cx } from '../../ui/cx.ts'
import { formatTime } from '../../ui/format/format-time.ts'

export function MessageTime({ timestamp, className }: { timestamp: number; className?: string }) {
  return (
    <time dateTime={new Date(timestamp).toISOString()} className={cx('px-1 pt-0.5 text-xs text-ink-3', className)}>
      {formatTime(timestamp)}
    </time>
  )
}
