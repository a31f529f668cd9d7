'use client'

import { Content, Portal, Provider, Root, Trigger } from 'radix-ui/tooltip'
import type { ReactElement } from 'react'

type TooltipProps = { text: string; children: ReactElement; side?: 'top' | 'right' | 'bottom' | 'left' }

/** Says more about what is under the pointer or has the focus; never the only carrier of a meaning. */
export function Tooltip({ text, children, side = 'top' }: TooltipProps) {
  return (
    <Provider delayDuration={100} disableHoverableContent>
      <Root>
        <Trigger asChild>{children}</Trigger>
        <Portal>
          <Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-80 rounded-s bg-ink px-2 py-1 text-xs wrap-anywhere text-bg select-none"
          >
            {text}
          </Content>
        </Portal>
      </Root>
    </Provider>
  )
}
