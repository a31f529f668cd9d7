import { cx } from '../cx.ts'

/** The place of what is being read. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cx('block animate-pulse rounded-sm bg-ink/8 motion-reduce:animate-none', className)}
    />
  )
}
