'use client'

import { type ReactNode, useEffect, useRef } from 'react'

/** What went wrong with the form; the focus goes to it when it comes. */
export function FormError({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="rounded-md border border-loss/30 bg-loss-soft px-3 py-2 text-sm text-ink outline-offset-2"
    >
      {children}
    </div>
  )
}
