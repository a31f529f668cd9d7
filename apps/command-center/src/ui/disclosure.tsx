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
}

/** Holds its own state unless `isOpen` is given. */
export function Disclosure({ summary, isOpen, onToggle, children, className }: DisclosureProps) {
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
        className="flex min-h-6 w-full cursor-pointer items-center gap-1.5 rounded-sm text-left text-sm text-ink-2 hover:text-ink"
      >
        <ChevronRight
          aria-hidden="true"
          className={cx('size-3.5 shrink-0 text-ink-3 transition-transform duration-120', open && 'rotate-90')}
        />
        <span className="min-w-0 flex-1">{summary}</span>
      </button>
      {open && <div id={id}>{children}</div>}
    </div>
  )
}
