import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import type { Side } from './overlay/place-beside.ts'
import { Tooltip } from './overlay/tooltip.tsx'

type IconButtonProps = ComponentProps<'button'> & {
  /** The accessible name, shown as a tooltip. */
  label: string
  children: ReactNode
  side?: Side
}

export function IconButton({ label, children, side, className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} side={side}>
      <button
        {...rest}
        type={type}
        aria-label={label}
        className={cx(
          'icon-button inline-flex shrink-0 cursor-pointer items-center justify-center transition-colors duration-120',
          'disabled:cursor-not-allowed disabled:opacity-55',
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  )
}
