import { formatTime } from '../../ui/format/format-time.ts'

/** The last notice of progress; it stays, with the time it came. */
export function StatusLine({ status, isInside = false }: { status: { text: string; at: number }; isInside?: boolean }) {
  return (
    <p
      className={
        isInside
          ? 'flex gap-2 border-b border-(--gutter-line) px-3 py-1 text-xs text-terminal-ink'
          : 'flex gap-2 text-sm text-ink-2'
      }
    >
      <span className="min-w-0 flex-1 wrap-anywhere">{status.text}</span>
      <span className={isInside ? 'text-(--quiet-ink)' : 'text-ink-3'}>{formatTime(status.at)}</span>
    </p>
  )
}
