'use client'

import { cloneElement, type ReactNode, useEffect, useId, useRef } from 'react'
import { FloatingPanel } from './floating-panel.tsx'
import { type OpenerElement, useOpener } from './use-opener.ts'

type PopoverProps = {
  /** A button; it opens the panel. */
  trigger: OpenerElement
  /** What the panel is about. */
  label: string
  children: ReactNode
  align?: 'start' | 'center' | 'end'
}

/** A panel beside the control that opened it; the rest of the page stays in reach. */
export function Popover({ trigger, label, children, align = 'end' }: PopoverProps) {
  const id = useId()
  const { isOpen, close, anchor, triggerProps } = useOpener(trigger, { id, opens: 'dialog' })
  return (
    <>
      {cloneElement(trigger, triggerProps)}
      {isOpen && (
        <FloatingPanel
          id={id}
          role="dialog"
          aria-label={label}
          anchor={anchor}
          side="bottom"
          align={align}
          gap={6}
          onDismiss={close}
          onBlur={({ currentTarget, relatedTarget }) => {
            if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) close()
          }}
          className="max-h-[70dvh] w-80 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-md border border-line bg-raised p-3 text-sm shadow-card motion-safe:animate-fade-in"
        >
          <FocusHere>{children}</FocusHere>
        </FloatingPanel>
      )}
    </>
  )
}

/** Begins inside of the panel, which stands at the end of the page. */
function FocusHere({ children }: { children: ReactNode }) {
  const start = useRef<HTMLDivElement>(null)
  useEffect(() => start.current?.focus({ preventScroll: true }), [])
  return (
    <div ref={start} tabIndex={-1} className="outline-none">
      {children}
    </div>
  )
}
