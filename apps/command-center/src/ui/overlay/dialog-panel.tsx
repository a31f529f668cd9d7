'use client'

import { X } from 'lucide-react'
import { Close, Content, Overlay, Portal, Root, Title } from 'radix-ui/dialog'
import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import { useFocusReturn } from './use-focus-return.ts'

export type DialogPanelProps = {
  onClose: () => void
  title: string
  size?: 's' | 'm' | 'l'
  children: ReactNode
  footer?: ReactNode
}

const widths = { s: 'sm:max-w-100', m: 'sm:max-w-140', l: 'sm:max-w-215' }

/** Modal; the focus goes to the first field inside, and returns to what opened it. Fills the screen of a phone. */
export function DialogPanel({ onClose, title, size = 'm', children, footer }: DialogPanelProps) {
  const returnFocus = useFocusReturn()
  return (
    <Root open onOpenChange={(open) => !open && onClose()}>
      <Portal>
        <Overlay className="fixed inset-0 z-40 bg-[rgb(6_16_16/0.45)] motion-safe:animate-fade-in" />
        <div className="pointer-events-none fixed inset-0 z-40 flex items-center justify-center sm:p-6">
          <Content
            aria-modal="true"
            aria-describedby={undefined}
            onCloseAutoFocus={returnFocus}
            className={cx(
              'pointer-events-auto relative flex h-dvh w-full flex-col bg-raised text-md shadow-card outline-none',
              'sm:h-auto sm:max-h-full sm:rounded-lg sm:border sm:border-line motion-safe:animate-rise-in',
              widths[size],
            )}
          >
            <Title className="shrink-0 border-b border-line py-3 pr-12 pl-4 text-md font-semibold">{title}</Title>
            <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3.5">{children}</div>
            {footer !== undefined && (
              <div className="flex shrink-0 flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</div>
            )}
            <Close
              aria-label="Close"
              className="absolute top-2.5 right-2.5 inline-flex size-7 cursor-pointer items-center justify-center rounded-sm text-ink-3 hover:bg-ink/6 hover:text-ink"
            >
              <X aria-hidden="true" className="size-4" />
            </Close>
          </Content>
        </div>
      </Portal>
    </Root>
  )
}
