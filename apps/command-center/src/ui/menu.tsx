'use client'

import { Check } from 'lucide-react'
import { Content, Item, Portal, Root, Separator, Trigger } from 'radix-ui/dropdown-menu'
import { Fragment, type ReactElement, type ReactNode } from 'react'
import { cx } from './cx.ts'

export type MenuItem = {
  label: string
  onSelect: () => void
  icon?: ReactNode
  tone?: 'danger'
  /** Given where the item is one of a choice. */
  isChosen?: boolean
  /** A line sets it off from the items before. */
  startsGroup?: boolean
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
            <Fragment key={it.label}>
              {it.startsGroup === true && <Separator className="my-1 h-px bg-line" />}
              <Item
                onSelect={it.onSelect}
                role={it.isChosen === undefined ? 'menuitem' : 'menuitemradio'}
                aria-checked={it.isChosen}
                className={cx(
                  'flex h-8 cursor-pointer items-center gap-2 rounded-s px-2 text-sm outline-none select-none [&_svg]:size-3.5',
                  it.tone === 'danger'
                    ? 'text-loss data-highlighted:bg-loss-soft'
                    : 'text-ink data-highlighted:bg-ink/6 [&_svg]:text-ink-3',
                )}
              >
                {it.icon}
                <span className="flex-1">{it.label}</span>
                {it.isChosen === true && <Check aria-hidden="true" />}
              </Item>
            </Fragment>
          ))}
        </Content>
      </Portal>
    </Root>
  )
}
