'use client'

import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/overlay/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast/toast.ts'
import { type HistoryEntry, useHistoryActions } from '../feed/history.ts'

const longest = 255

/** Stays until the new title is stored. */
export function RenameDialog({ entry, onClose }: { entry: HistoryEntry; onClose: () => void }) {
  const { rename } = useHistoryActions()
  const [title, setTitle] = useState(entry.title ?? '')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const wanted = title.trim()

  const save = async () => {
    if (isBusy) return
    if (wanted === '' || wanted === entry.title) return onClose()
    setBusy(true)
    setError(undefined)
    try {
      await rename(entry.id, wanted)
      toast({ tone: 'success', text: `Renamed to “${wanted}”` })
      onClose()
    } catch (reason) {
      setError(`The title was not changed. ${reason instanceof Error ? reason.message : ''}`.trim())
      setBusy(false)
    }
  }
  return (
    <Dialog
      isOpen
      onClose={() => !isBusy && onClose()}
      title="Rename chat"
      size="s"
      footer={
        <>
          <Button onClick={onClose} disabled={isBusy}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" form="rename-chat" isBusy={isBusy}>
            Rename chat
          </Button>
        </>
      }
    >
      <form
        id="rename-chat"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <TextField
          label="Title"
          value={title}
          maxLength={longest}
          onChange={(event) => setTitle(event.target.value)}
          onFocus={(event) => event.target.select()}
          error={error}
        />
      </form>
    </Dialog>
  )
}
