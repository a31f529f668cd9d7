'use client'

import { Check } from 'lucide-react'
import { cloneElement, Fragment, type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { cx } from './cx.ts'
import { FloatingPanel } from './floating-panel.tsx'
import type { Align, Side } from './place-beside.ts'
import { type OpenerElement, useOpener } from './use-opener.ts'

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
  trigger: OpenerElement
  items: readonly MenuItem[]
  align?: Align
  side?: Side
}

export function Menu({ trigger, items, align = 'end', side = 'bottom' }: MenuProps) {
  const id = useId()
  const { isOpen, close, anchor, triggerProps } = useOpener(trigger, { id, opens: 'menu' })
  return (
    <>
      {cloneElement(trigger, triggerProps)}
      {isOpen && (
        <FloatingPanel
          id={id}
          role="menu"
          aria-label={trigger.props['aria-label']}
          anchor={anchor}
          side={side}
          align={align}
          onDismiss={close}
          onKeyDown={(event) => moveFocus(event, close)}
          className="min-w-44 rounded-md border border-line bg-raised p-1 shadow-card motion-safe:animate-fade-in"
        >
          <MenuItems items={items} close={close} />
        </FloatingPanel>
      )}
    </>
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
