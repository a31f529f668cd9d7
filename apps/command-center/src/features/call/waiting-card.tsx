'use client'

import { type DecideRight, decideRight } from '@fairlead/client/decision/decide-right'
import type { DecisionRefusal } from '@fairlead/client/decision/decision-refusal'
import { unmaskFirst } from '@fairlead/contract/effect/effect-words'
import { useEffect, useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatTime } from '../../ui/format/format-time.ts'
import { HoldPosition } from '../../ui/layout/hold-position.tsx'
import { DecisionBar } from '../decision/decision-bar.tsx'
import { ExpiryText, useIsOver } from '../decision/expiry-text.tsx'
import { useSettled } from '../decision/use-settled.ts'
import { Digests } from '../effect/digests.tsx'
import { EffectBody } from '../effect/effect-body.tsx'
import { type KnownEffect, knownEffect } from '../effect/known-effect.ts'
import { hidesRunning, useWritten, type Written } from '../effect/use-written.ts'
import type { CallCardProps } from './call-card-props.ts'
import { CardFrame } from './card-frame.tsx'

/** A pointer that rests where a card appears has not chosen to press. */
const APPEARING_MS = 500

/** A write that waits for a person: open, and cannot be closed. */
export function WaitingCard(props: CallCardProps) {
  const { call, viewer, decision, isBulkRunning = false, onDecide, onExpire, onWithdraw, top } = props
  const effectKey = `${call.call_id} ${call.revision ?? 1} ${call.effect_digest ?? ''}`
  const written = useWritten(call.call_id, effectKey, decision?.refusal?.code === 'UNMASK_FIRST')
  const effect = useMemo(() => knownEffect(written.effect ?? call.effect), [written.effect, call.effect])
  const [unread, setUnread] = useState<{ key: string; why: string }>()
  const onUnread = (why: string | undefined) => setUnread(why === undefined ? undefined : { key: effectKey, why })
  const isThere = useSettled(effectKey, APPEARING_MS)
  const isOver = useIsOver(call.expires_at)
  useEffect(() => {
    if (isOver) onExpire?.()
  }, [isOver, onExpire])
  const right = isOver ? closed('The time for this decision is over. Nothing was done.') : rightNow(props)
  const isAsking = right.canApprove || right.canDeny
  const { revision = 1 } = call
  return (
    <CardFrame
      call={call}
      isAsking={isAsking}
      isInert={!isThere}
      top={top}
      aside={
        <>
          {revision > 1 && <span>revision {revision}, asked again</span>}
          <ExpiryText expiresAt={call.expires_at} />
        </>
      }
    >
      <EffectBody
        call={call}
        effect={effect}
        headingId={`call-${call.call_id}-heading`}
        hasArguments={props.hasArguments ?? true}
        sourceOf={props.sourceOf}
        written={written}
        onUnread={onUnread}
      />
      <HoldPosition when={effectKey}>
        {isAsking ? (
          <DecisionBar
            effectKey={effectKey}
            right={right}
            needsReason={call.required?.reason === true || decision?.refusal?.code === 'REASON_REQUIRED'}
            decision={decision}
            isBulkRunning={isBulkRunning}
            onDecide={(it) => onDecide(written.shown === undefined ? it : { ...it, shown: written.shown })}
            first={firstOf({ effect, written, isUnread: unread?.key === effectKey })}
          >
            <Digests args_digest={call.args_digest} effect_digest={call.effect_digest} />
          </DecisionBar>
        ) : (
          <div className="flex flex-col gap-1.5 border-t border-line bg-surface px-4 py-3 text-sm text-ink-2">
            <div className="flex flex-wrap items-center gap-2">
              <p className="min-w-0 flex-1 wrap-anywhere">{right.why}</p>
              {viewer.isOwner && onWithdraw !== undefined && !isOver && (
                <Button size="s" onClick={onWithdraw}>
                  Withdraw call
                </Button>
              )}
            </div>
            <Digests args_digest={call.args_digest} effect_digest={call.effect_digest} />
          </div>
        )}
      </HoldPosition>
    </CardFrame>
  )
}

type Seen = { effect: KnownEffect | undefined; written: Written; isUnread: boolean }

/** What has to be on the screen before anybody approves it. */
function firstOf({ effect, written, isUnread }: Seen): string | undefined {
  if (isUnread) return 'A part of this change could not be read, so it cannot be approved here.'
  return hidesRunning(effect?.masks, written) ? `${unmaskFirst}.` : undefined
}

function closed(why: string): DecideRight {
  return { canApprove: false, canDeny: false, why }
}

/** The right as the record says, less what an answer to a decision has shown since. */
function rightNow({ call, viewer, decision }: CallCardProps): DecideRight {
  const right = decideRight(call, viewer)
  if (decision?.state === 'counted') {
    return closed(
      right.why ?? `${call.votes?.length ?? 1} of ${call.required?.approvers ?? 1} approvals, yours is counted.`,
    )
  }
  if (decision?.state !== 'refused' || decision.refusal === undefined) return right
  if (!decision.refusal.mayDecideAgain) return closed(refusalText(decision.refusal))
  if (decision.refusal.code === 'PASSKEY_REQUIRED') return { ...decideRight(withPasskey(call), viewer) }
  return right
}

/** Who was first, where the answer tells. */
function refusalText({ text, decided }: DecisionRefusal): string {
  if (decided === undefined) return text
  const { decision, by, at } = decided
  const when = at === undefined ? '' : `, ${formatTime(Date.parse(at))}`
  if (by === undefined) return `This call is decided already: ${decision}${when}.`
  return `${by} has decided this call: ${decision}${when}.`
}

function withPasskey(call: CallCardProps['call']): CallCardProps['call'] {
  const required = call.required ?? { approvers: 1, not_requester: false, reason: false, passkey: true }
  return { ...call, required: { ...required, passkey: true } }
}
