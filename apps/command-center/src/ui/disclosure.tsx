'use client'

import { ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { cx } from './cx.ts'

type DisclosureProps = {
  summary: ReactNode
  isOpen?: boolean
  onToggle?: (isOpen: boolean) => void
  children: ReactNode
  className?: string
  /** `row`: among rows of a list, with the sign behind. */
  variant?: keyof typeof variants
}

const variants = {
  plain: 'min-h-6 gap-1.5 rounded-sm text-ink-2 hover:text-ink',
  row: 'min-h-8 gap-2.5 px-3 py-1.5 -outline-offset-2 hover:bg-sunken',
}

/** Holds its own state unless `isOpen` is given. */
export function Disclosure({ summary, isOpen, onToggle, children, className, variant = 'plain' }: DisclosureProps) {
  const [own, setOwn] = useState(false)
  const id = useId()
  const open = isOpen ?? own
  const toggle = () => {
    setOwn(!open)
    onToggle?.(!open)
  }
  return (
    <div className={className}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={toggle}
        className={cx('flex w-full cursor-pointer items-center text-left text-sm', variants[variant])}
      >
        <ChevronRight
          aria-hidden="true"
          className={cx(
            'size-3.5 shrink-0 text-ink-3 motion-safe:transition-transform motion-safe:duration-120',
            variant === 'row' && 'order-last',
            open && 'rotate-90',
          )}
        />
        <span className="min-w-0 flex-1">{summary}</span>
      </button>
      {open && <div id={id}>{children}</div>}
    </div>
  )
}
