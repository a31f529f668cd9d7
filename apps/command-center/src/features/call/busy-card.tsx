'use client'

import { useMemo } from 'react'
import { Disclosure } from '../../ui/disclosure.tsx'
import { Digests } from '../effect/digests.tsx'
import { EffectBody } from '../effect/effect-body.tsx'
import { knownEffect } from '../effect/known-effect.ts'
import { RiskWord } from '../effect/risk-line.tsx'
import { Summary } from '../effect/summary.tsx'
import { CallOutput } from '../output/call-output.tsx'
import type { CallCardProps } from './call-card-props.ts'
import { CallDuration } from './call-duration.tsx'
import { CardFrame } from './card-frame.tsx'

/** A write that was approved and is not over: what it is, how long already, and what it says meanwhile. */
export function BusyCard(props: CallCardProps) {
  const { call, top, conversationId, hasArguments = true, isRunActive, sourceOf } = props
  const effect = useMemo(() => knownEffect(call.effect), [call.effect])
  return (
    <CardFrame call={call} isAsking={false} top={top} aside={<CallDuration call={call} />}>
      <div className="flex flex-col gap-1.5 px-4 pt-3.5 pb-3">
        <h3
          id={`call-${call.call_id}-heading`}
          tabIndex={-1}
          className="text-lg leading-snug font-semibold tracking-[-0.005em] wrap-anywhere first-letter:uppercase"
        >
          <Summary text={effect?.summary ?? (call.title || call.tool)} />
        </h3>
        <div className="flex flex-wrap gap-x-3.5 text-sm text-ink-2">
          <RiskWord risk={effect?.risk} />
          <span className="text-ink-3">{call.title || call.tool}</span>
          {call.decided_by !== undefined && <span>approved by {call.decided_by}</span>}
          {call.status === 'approved' && <span>starts next</span>}
        </div>
        {call.status === 'executing' && isRunActive === false && (
          <p className="text-sm">Stopped; this change was already sent, its outcome is awaited</p>
        )}
        <Disclosure summary="What was approved">
          <div className="-mx-4">
            <EffectBody
              call={call}
              effect={effect}
              headingId={`call-${call.call_id}-effect`}
              hidesSummary
              hasArguments={hasArguments}
              sourceOf={sourceOf}
            />
          </div>
          <Digests args_digest={call.args_digest} effect_digest={call.effect_digest} />
        </Disclosure>
      </div>
      <CallOutput call={call} conversationId={conversationId} />
    </CardFrame>
  )
}
