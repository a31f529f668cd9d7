'use client'

import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './overlay/dialog.tsx'

type ConfirmDialogProps = {
  isOpen: boolean
  onClose: () => void
  title: string
  children: ReactNode
  /** What the button says: verb and object. */
  action: string
  tone?: 'danger'
  /** The dialog closes when it settles well, and shows the reason when it does not. */
  onConfirm: () => Promise<void>
}

export function ConfirmDialog({ isOpen, onClose, title, children, action, tone, onConfirm }: ConfirmDialogProps) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const close = () => {
    if (isBusy) return
    setError(undefined)
    onClose()
  }
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={title}
      size="s"
      footer={
        <>
          <Button onClick={close} disabled={isBusy}>
            Cancel
          </Button>
          <Button variant={tone === 'danger' ? 'danger' : 'primary'} isBusy={isBusy} onClick={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-sm text-ink-2">{children}</div>
      {error !== undefined && (
        <p role="alert" className="mt-3 text-sm text-loss">
          {error}
        </p>
      )}
    </Dialog>
  )
}
