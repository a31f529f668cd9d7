'use client'

import type { ComponentProps } from 'react'
import { cx } from '../../ui/cx.ts'
import { IconButton } from '../../ui/icon-button.tsx'

const toggled = [
  'aria-[expanded=true]:bg-(--selected-ground)! aria-[expanded=true]:text-terminal-ink!',
  'aria-[checked=true]:bg-(--selected-ground)! aria-[checked=true]:text-terminal-ink!',
  'aria-[pressed=true]:bg-(--selected-ground)! aria-[pressed=true]:text-terminal-ink!',
].join(' ')

/** An icon button on the terminal's dark ground. */
export function ToolButton({ className, ...rest }: ComponentProps<typeof IconButton>) {
  return (
    <IconButton
      {...rest}
      className={cx(
        'text-(--quiet-ink)! hover:not-disabled:bg-(--selected-ground)! hover:not-disabled:text-terminal-ink!',
        toggled,
        className,
      )}
    />
  )
}
