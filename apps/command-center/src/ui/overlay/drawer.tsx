'use client'

import { useLoaded } from '../loading/use-loaded.ts'
import type { DrawerPanelProps } from './drawer-panel.tsx'

/** Loaded when the first one opens. */
const loadPanel = () => import('./drawer-panel.tsx').then((it) => it.DrawerPanel)

type DrawerProps = DrawerPanelProps & { isOpen: boolean }

/** Lies over the page from the left. */
export function Drawer({ isOpen, ...rest }: DrawerProps) {
  return isOpen ? <Loaded {...rest} /> : null
}

function Loaded(props: DrawerPanelProps) {
  const Panel = useLoaded(loadPanel)
  return Panel && <Panel {...props} />
}
