'use client'

import { Content, Overlay, Portal, Root, Title } from 'radix-ui/dialog'
import type { ReactNode } from 'react'
import { useFocusReturn } from './use-focus-return.ts'

export type DrawerPanelProps = { onClose: () => void; title: string; children: ReactNode }

/** Lies over the page from the left. */
export function DrawerPanel({ onClose, title, children }: DrawerPanelProps) {
  const returnFocus = useFocusReturn()
  return (
    <Root open onOpenChange={(open) => !open && onClose()}>
      <Portal>
        <Overlay className="fixed inset-0 z-40 bg-[rgb(6_16_16/0.45)] motion-safe:animate-fade-in" />
        <Content
          aria-modal="true"
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          // The first field would take the focus, and bring up the keyboard of a phone.
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            if (event.target instanceof HTMLElement) event.target.focus()
          }}
          className="fixed inset-y-0 left-0 z-40 flex h-dvh w-72 max-w-[calc(100vw-3rem)] flex-col border-r border-line bg-sunken shadow-card outline-none motion-safe:animate-slide-in"
        >
          <Title className="sr-only">{title}</Title>
          {children}
        </Content>
      </Portal>
    </Root>
  )
}
