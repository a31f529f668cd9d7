'use client'

import { Content, Item, Portal, Root, Trigger } from 'radix-ui/dropdown-menu'
import type { ReactElement, ReactNode } from 'react'
import { cx } from './cx.ts'

export type MenuItem = {
  label: string
  onSelect: () => void
  icon?: ReactNode
  tone?: 'danger'
  /** Stands at the right: a key, or a mark of what is chosen. */
  aside?: ReactNode
}

type MenuProps = {
  /** A button; it opens the menu. */
  trigger: ReactElement
  items: readonly MenuItem[]
  align?: 'start' | 'end'
  side?: 'top' | 'right' | 'bottom'
}

export function Menu({ trigger, items, align = 'end', side = 'bottom' }: MenuProps) {
  return (
    <Root modal={false}>
      <Trigger asChild>{trigger}</Trigger>
      <Portal>
        <Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 rounded-m border border-line bg-raised p-1 shadow-card motion-safe:animate-fade-in"
        >
          {items.map((it) => (
            <Item
              key={it.label}
              onSelect={it.onSelect}
              className={cx(
                'flex h-8 cursor-pointer items-center gap-2 rounded-s px-2 text-sm outline-none select-none [&_svg]:size-3.5',
                it.tone === 'danger'
                  ? 'text-loss data-highlighted:bg-loss-soft'
                  : 'text-ink data-highlighted:bg-ink/6 [&_svg]:text-ink-3',
              )}
            >
              {it.icon}
              <span className="flex-1">{it.label}</span>
              {it.aside}
            </Item>
          ))}
        </Content>
      </Portal>
    </Root>
  )
}
