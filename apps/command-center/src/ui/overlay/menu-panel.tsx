'use client'

import { Check } from 'lucide-react'
import { type ComponentProps, Fragment, type KeyboardEvent, useEffect, useRef } from 'react'
import { cx } from '../cx.ts'
import { FloatingPanel } from './floating-panel.tsx'
import type { MenuItem } from './menu-item.ts'

type MenuPanelProps = Pick<ComponentProps<typeof FloatingPanel>, 'id' | 'aria-label' | 'anchor' | 'side' | 'align'> & {
  items: readonly MenuItem[]
  close: () => void
}

/** An open menu; the focus is on its first item. */
export function MenuPanel({ items, close, ...place }: MenuPanelProps) {
  return (
    <FloatingPanel
      {...place}
      role="menu"
      onDismiss={close}
      onKeyDown={(event) => moveFocus(event, close)}
      className="min-w-44 rounded-md border border-line bg-raised p-1 shadow-card motion-safe:animate-fade-in"
    >
      <MenuItems items={items} close={close} />
    </FloatingPanel>
  )
}

function MenuItems({ items, close }: { items: readonly MenuItem[]; close: () => void }) {
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => first.current?.focus({ preventScroll: true }), [])
  return items.map((it, index) => (
    <Fragment key={it.label}>
      {it.startsGroup === true && <hr className="my-1 border-line" />}
      <button
        ref={index === 0 ? first : undefined}
        type="button"
        {...(it.isChosen === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': it.isChosen })}
        tabIndex={-1}
        onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
        onClick={() => {
          // The focus is back before the item moves it on, as one that opens a dialog does.
          close()
          it.onSelect()
        }}
        className={cx(
          'flex h-8 w-full cursor-pointer items-center gap-2 rounded-sm px-2 text-left text-sm outline-none select-none [&_svg]:size-3.5',
          it.tone === 'danger' ? 'text-loss focus:bg-loss-soft' : 'text-ink focus:bg-ink/6 [&_svg]:text-ink-3',
        )}
      >
        {it.icon}
        <span className="flex-1">{it.label}</span>
        {it.isChosen === true && <Check aria-hidden="true" />}
      </button>
    </Fragment>
  ))
}

function moveFocus(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll('button')]
  const at = items.indexOf(document.activeElement as HTMLButtonElement)
  const target = targetOf(event.key, at, items)
  if (event.key === 'Tab') close()
  if (target === undefined) return
  event.preventDefault()
  target.focus()
}

function targetOf(key: string, at: number, items: readonly HTMLButtonElement[]): HTMLButtonElement | undefined {
  if (key === 'ArrowDown') return items[(at + 1) % items.length]
  if (key === 'ArrowUp') return items.at(at - 1)
  if (key === 'Home') return items[0]
  if (key === 'End') return items.at(-1)
  if (key.length !== 1 || key === ' ') return undefined
  const next = [...items.slice(at + 1), ...items.slice(0, at + 1)]
  return next.find((it) => it.textContent.toLowerCase().startsWith(key.toLowerCase()))
}
