'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import { showWritten } from '@fairlead/contract/effect/effect-words'
import { useId, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/overlay/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'
import type { BulkDecision } from '../conversation/live-state.ts'
import { Warning } from '../effect/risk-line.tsx'
import { VisibleText } from '../values/visible-text.tsx'
import { bulkChoice, decisionsOf, isGrave, listedOf } from './bulk.ts'
import { ListedCall } from './listed-call.tsx'
import { useDestructiveTools } from './use-destructive-tools.ts'
import { useSettled } from './use-settled.ts'
import { useWrittenOfMany } from './use-written-of-many.ts'

type BulkDialogProps = {
  /** Undefined while it is closed. */
  approve: boolean | undefined
  /** Those that wait, as they stand now. */
  calls: readonly CallView[]
  viewerOf: (call: CallView) => Viewer
  onClose: () => void
  onConfirm: (decisions: BulkDecision[]) => void
}

/** Lists exactly what one request would decide, with the digests of each, before it does. */
export function BulkDialog({ approve, onClose, ...form }: BulkDialogProps) {
  return approve === undefined ? null : <BulkForm approve={approve} onClose={onClose} {...form} />
}

type BulkFormProps = BulkDialogProps & { approve: boolean }

function BulkForm({ approve, calls, viewerOf, onClose, onConfirm }: BulkFormProps) {
  const destructiveTools = useDestructiveTools(approve && calls.some(({ annotations }) => annotations === undefined))
  const [first] = useState(() => calls)
  const [listed] = useState(() => listedOf(calls))
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const written = useWrittenOfMany()
  const shownOf = (call: CallView) => written.of(call)?.shown
  const id = useId()
  const now = first.map((call) => calls.find(({ call_id }) => call_id === call.call_id) ?? gone(call))
  const choice = bulkChoice(now, { listed, approve, reason, viewerOf, shownOf })
  const count = choice.taken.length
  const key = choice.taken.map(({ call }) => call.call_id).join(' ')
  const isRead = useSettled(key, 1_000)
  const needsNumber = approve && choice.taken.some(({ call }) => isGrave(call, destructiveTools))
  const needsReason = approve && first.some(({ required }) => required?.reason)
  const isTyped = !needsNumber || typed.trim() === String(count)
  const canSend = count > 0 && isRead && isTyped
  const verb = approve ? 'Approve' : 'Decline'
  const confirm = () => {
    if (!canSend) return
    onConfirm(decisionsOf(choice, { approve, reason, shownOf }))
    onClose()
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`${verb} ${first.length} calls`}
      size="l"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={approve ? 'primary' : 'danger'}
            aria-disabled={!canSend}
            aria-describedby={isTyped ? undefined : `${id}-number`}
            onClick={confirm}
          >
            {`${verb} ${count} ${count === 1 ? 'call' : 'calls'}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 text-sm">
        <p className="text-ink-2">
          One request decides these calls, each on its own and only with what is listed here. A call that comes
          meanwhile is not covered.
        </p>
        <ol className="flex flex-col gap-3">
          {choice.taken.map(({ call, listed: digests }) => (
            <ListedCall key={call.call_id} call={call} listed={digests} written={written.of(call)?.effect} />
          ))}
        </ol>
        <LeftOut left={choice.left} written={written} />
        {needsNumber && count > 0 && (
          <TextField
            label={`Type ${count} to approve ${count === 1 ? 'this call' : `these ${count} calls`}`}
            hint="At least one of them has high risk, deletes something, or comes from a destructive tool."
            id={`${id}-number`}
            inputMode="numeric"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <TextField
          label={reasonLabel(approve, needsReason === true)}
          hint="The agent reads it, and it stands in the record."
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </Dialog>
  )
}

function reasonLabel(approve: boolean, needsReason: boolean): string {
  if (needsReason) return 'Reason (some of these calls take one)'
  return approve ? 'Reason (optional)' : 'Why not? (optional)'
}

type LeftOutProps = { left: ReturnType<typeof bulkChoice>['left']; written: ReturnType<typeof useWrittenOfMany> }

/** The calls that the request does not decide, and why. */
function LeftOut({ left, written }: LeftOutProps) {
  if (left.length === 0) return null
  return (
    <div className="flex flex-col gap-1.5">
      <Warning>{left.length === 1 ? 'One call is' : `${left.length} calls are`} not in it:</Warning>
      <ul className="list-disc pl-5">
        {left.map(({ call, why, isHiding }) => (
          <li key={call.call_id} className="wrap-anywhere">
            <VisibleText text={call.effect?.summary ?? (call.title || call.tool)} />: {why}
            {isHiding && (
              <Button size="s" isBusy={written.of(call)?.isReading} onClick={() => written.read(call)}>
                {showWritten}
              </Button>
            )}
            {written.of(call)?.error !== undefined && (
              <span className="text-loss"> It could not be read: {written.of(call)?.error}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A call that is not among those that wait any more. */
function gone(call: CallView): CallView {
  return { ...call, status: 'approved' }
}
