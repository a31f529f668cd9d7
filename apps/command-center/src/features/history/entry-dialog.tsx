'use client'

import { useRouter } from 'next/navigation'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast } from '../../ui/toast/toast.ts'
import { type HistoryEntry, useHistoryActions } from '../feed/history.ts'
import { RenameDialog } from './rename-dialog.tsx'
import { titleOf } from './title-of.ts'

/** What a person is about to do with a conversation. */
export type EntryChange = { kind: 'rename' | 'delete'; entry: HistoryEntry }

type EntryDialogProps = { change: EntryChange; isCurrent: boolean; onClose: () => void }

export function EntryDialog({ change: { kind, entry }, isCurrent, onClose }: EntryDialogProps) {
  return kind === 'rename' ? (
    <RenameDialog entry={entry} onClose={onClose} />
  ) : (
    <DeleteDialog entry={entry} isCurrent={isCurrent} onClose={onClose} />
  )
}

type DeleteDialogProps = Omit<EntryDialogProps, 'change'> & Pick<EntryChange, 'entry'>

function DeleteDialog({ entry, isCurrent, onClose }: DeleteDialogProps) {
  const { remove } = useHistoryActions()
  const router = useRouter()
  const title = titleOf(entry.title)
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title="Delete chat"
      action="Delete chat"
      tone="danger"
      onConfirm={async () => {
        await remove(entry.id)
        toast({ tone: 'success', text: `Deleted “${title}”` })
        if (isCurrent) router.push('/')
      }}
    >
      “{title}” is deleted for good. The audit record of what was done in it is kept.
    </ConfirmDialog>
  )
}
