'use client'

import { useLoaded } from '../loading/use-loaded.ts'
import type { DialogPanelProps } from './dialog-panel.tsx'

/** Loaded when the first one opens. */
const loadPanel = () => import('./dialog-panel.tsx').then((it) => it.DialogPanel)

type DialogProps = DialogPanelProps & { isOpen: boolean }

/** Modal; the focus goes to the first field inside, and returns to what opened it. Fills the screen of a phone. */
export function Dialog({ isOpen, ...rest }: DialogProps) {
  return isOpen ? <Loaded {...rest} /> : null
}

function Loaded(props: DialogPanelProps) {
  const Panel = useLoaded(loadPanel)
  return Panel && <Panel {...props} />
}
