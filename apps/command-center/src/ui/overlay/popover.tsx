'use client'

import { type ComponentProps, cloneElement, type ReactNode, useId } from 'react'
import { useLoaded } from '../loading/use-loaded.ts'
import type { PopoverPanel } from './popover-panel.tsx'
import { type OpenerElement, useOpener } from './use-opener.ts'

type PopoverProps = {
  /** A button; it opens the panel. */
  trigger: OpenerElement
  /** What the panel is about. */
  label: string
  children: ReactNode
  align?: 'start' | 'center' | 'end'
}

/** A panel beside the control that opened it; the rest of the page stays in reach. */
export function Popover({ trigger, label, children, align = 'end' }: PopoverProps) {
  const id = useId()
  const { isOpen, close, anchor, triggerProps } = useOpener(trigger, { id, opens: 'dialog' })
  return (
    <>
      {cloneElement(trigger, triggerProps)}
      {isOpen && (
        <LoadedPanel id={id} aria-label={label} anchor={anchor} align={align} close={close}>
          {children}
        </LoadedPanel>
      )}
    </>
  )
}

const loadPanel = () => import('./popover-panel.tsx').then((it) => it.PopoverPanel)

function LoadedPanel(props: ComponentProps<typeof PopoverPanel>) {
  const Panel = useLoaded(loadPanel)
  return Panel && <Panel {...props} />
}
