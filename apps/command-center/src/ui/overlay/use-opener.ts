'use client'

import { type HTMLAttributes, type MouseEvent, type ReactElement, useRef, useState } from 'react'

export type OpenerElement = ReactElement<HTMLAttributes<HTMLElement>>

/** A button that opens a panel: what it must say and do, and where the panel belongs. */
export function useOpener(trigger: OpenerElement, { id, opens }: { id: string; opens: 'menu' | 'dialog' }) {
  const [isOpen, setOpen] = useState(false)
  const anchor = useRef<HTMLElement>(null)
  /** The focus goes back; a press elsewhere takes it from there. */
  const close = () => {
    setOpen(false)
    anchor.current?.focus({ preventScroll: true })
  }
  const triggerProps: HTMLAttributes<HTMLElement> = {
    'aria-haspopup': opens,
    'aria-expanded': isOpen,
    'aria-controls': isOpen ? id : undefined,
    onClick(event: MouseEvent<HTMLElement>) {
      trigger.props.onClick?.(event)
      anchor.current = event.currentTarget
      setOpen(!isOpen)
    },
  }
  return { isOpen, close, anchor, triggerProps }
}
