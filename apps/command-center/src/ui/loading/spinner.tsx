import { cx } from '../cx.ts'

/** With a label it is a status of its own; without one it decorates a text that says what goes on. */
export function Spinner({ label, className }: { label?: string; className?: string }) {
  const ring = (
    <span
      aria-hidden="true"
      className={cx(
        'inline-block size-3.5 shrink-0 animate-spin rounded-full border-2 border-current border-t-transparent',
        'motion-reduce:animate-none motion-reduce:border-dotted motion-reduce:border-t-current',
        className,
      )}
    />
  )
  if (label === undefined) return ring
  return (
    <span role="status" className="inline-flex items-center gap-2 text-sm text-ink-3">
      {ring}
      {label}
    </span>
  )
}
