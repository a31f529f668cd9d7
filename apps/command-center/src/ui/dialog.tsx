'use client'

import dynamic from 'next/dynamic'
import type { DialogPanelProps } from './dialog-panel.tsx'

/** Loaded when the first one opens. */
const DialogPanel = dynamic(() => import('./dialog-panel.tsx').then((it) => it.DialogPanel), { ssr: false })

type DialogProps = DialogPanelProps & { isOpen: boolean }

/** Modal; the focus goes to the first field inside, and returns to what opened it. Fills the screen of a phone. */
export function Dialog({ isOpen, ...rest }: DialogProps) {
  return isOpen ? <DialogPanel {...rest} /> : null
}
