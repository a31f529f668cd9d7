'use client'

import type { ComponentProps } from 'react'
import { cx } from '../../ui/cx.ts'
import { IconButton } from '../../ui/icon-button.tsx'

/** An icon button on the terminal's dark ground. */
export function ToolButton({ className, ...rest }: ComponentProps<typeof IconButton>) {
  return (
    <IconButton
      {...rest}
      className={cx(
        'text-(--quiet-ink) hover:not-disabled:bg-(--selected-ground) hover:not-disabled:text-terminal-ink',
        'aria-expanded:bg-(--selected-ground) aria-checked:bg-(--selected-ground) aria-pressed:bg-(--selected-ground)',
        'aria-checked:text-terminal-ink aria-pressed:text-terminal-ink',
        className,
      )}
    />
  )
}
