'use client'

import { type ComponentProps, cloneElement, useId } from 'react'
import { useLoaded } from '../loading/use-loaded.ts'
import type { MenuItem } from './menu-item.ts'
import type { MenuPanel } from './menu-panel.tsx'
import type { Align, Side } from './place-beside.ts'
import { type OpenerElement, useOpener } from './use-opener.ts'

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
        <LoadedPanel
          id={id}
          aria-label={trigger.props['aria-label']}
          anchor={anchor}
          side={side}
          align={align}
          items={items}
          close={close}
        />
      )}
    </>
  )
}

const loadPanel = () => import('./menu-panel.tsx').then((it) => it.MenuPanel)

function LoadedPanel(props: ComponentProps<typeof MenuPanel>) {
  const Panel = useLoaded(loadPanel)
  return Panel && <Panel {...props} />
}
