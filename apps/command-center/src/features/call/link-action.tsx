import type { ComponentProps } from 'react'
import { cx } from '../../ui/cx.ts'
import { Spinner } from '../../ui/loading/spinner.tsx'

type LinkActionProps = ComponentProps<'button'> & { isBusy?: boolean }

/** An action at the end of a line that stays. */
export function LinkAction({ isBusy = false, onClick, children, className, ...rest }: LinkActionProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={isBusy ? undefined : onClick}
      className={cx(
        'inline-flex min-h-6 shrink-0 cursor-pointer items-center gap-1.5 rounded-md px-1 text-sm font-medium text-accent hover:underline max-sm:ml-5.5',
        className,
      )}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  )
}
