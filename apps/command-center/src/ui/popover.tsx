'use client'

import { Content, Portal, Root, Trigger } from 'radix-ui/popover'
import type { ReactElement, ReactNode } from 'react'

type PopoverProps = {
  /** A button; it opens the panel. */
  trigger: ReactElement
  /** What the panel is about. */
  label: string
  children: ReactNode
  align?: 'start' | 'center' | 'end'
}

/** A panel beside the control that opened it; the rest of the page stays in reach. */
export function Popover({ trigger, label, children, align = 'end' }: PopoverProps) {
  return (
    <Root>
      <Trigger asChild>{trigger}</Trigger>
      <Portal>
        <Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-(--radix-popover-content-available-height) w-80 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-m border border-line bg-raised p-3 text-sm shadow-card motion-safe:animate-fade-in"
        >
          {children}
        </Content>
      </Portal>
    </Root>
  )
}
