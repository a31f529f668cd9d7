'use client'

import dynamic from 'next/dynamic'
import type { DrawerPanelProps } from './drawer-panel.tsx'

/** Loaded when the first one opens. */
const DrawerPanel = dynamic(() => import('./drawer-panel.tsx').then((it) => it.DrawerPanel), { ssr: false })

type DrawerProps = DrawerPanelProps & { isOpen: boolean }

/** Lies over the page from the left. */
export function Drawer({ isOpen, ...rest }: DrawerProps) {
  return isOpen ? <DrawerPanel {...rest} /> : null
}
