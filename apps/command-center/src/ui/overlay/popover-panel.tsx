'use client'

import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react'
import { FloatingPanel } from './floating-panel.tsx'

type PopoverPanelProps = Pick<ComponentProps<typeof FloatingPanel>, 'id' | 'aria-label' | 'anchor' | 'align'> & {
  close: () => void
  children: ReactNode
}

/** An open popover; it closes when the focus leaves it. */
export function PopoverPanel({ close, children, ...place }: PopoverPanelProps) {
  return (
    <FloatingPanel
      {...place}
      role="dialog"
      side="bottom"
      gap={6}
      onDismiss={close}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) close()
      }}
      className="max-h-[70dvh] w-80 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-md border border-line bg-raised p-3 text-sm shadow-card motion-safe:animate-fade-in"
    >
      <FocusHere>{children}</FocusHere>
    </FloatingPanel>
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
