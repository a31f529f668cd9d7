'use client'

import { Content, Overlay, Portal, Root, Title } from 'radix-ui/dialog'
import { Terminal } from './terminal.tsx'
import type { TerminalProps } from './terminal-props.ts'

/** The terminal over the page. */
export function FullSize({ onClose, ...terminal }: TerminalProps & { onClose: () => void }) {
  return (
    <Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Portal>
        <Overlay className="fixed inset-0 z-40 bg-[rgb(6_16_16/0.45)]" />
        <Content
          aria-modal="true"
          aria-describedby={undefined}
          onEscapeKeyDown={(event) => {
            // The first one closes the search that has the focus.
            if (event.target instanceof Element && event.target.closest('search') !== null) event.preventDefault()
          }}
          className="fixed inset-0 z-40 overflow-hidden bg-terminal shadow-card outline-none sm:inset-4 sm:rounded-lg sm:border sm:border-line-strong"
        >
          <Title className="sr-only">Output of {terminal.title}</Title>
          <Terminal {...terminal} isFullSize onFullSize={onClose} />
        </Content>
      </Portal>
    </Root>
  )
}
