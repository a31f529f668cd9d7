'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Effect } from '@fairlead/contract/effect/effect'
import { Disclosure } from '../../ui/disclosure.tsx'
import { ChangesTable } from '../changes/changes-table.tsx'
import { Digests } from '../effect/digests.tsx'
import { Highlights } from '../effect/highlights.tsx'
import { knownEffect } from '../effect/known-effect.ts'
import { MaskLine } from '../effect/mask-line.tsx'
import { DeletedObjects } from '../effect/object-actions.tsx'
import { BasisWarning, RiskReasons, RiskWord } from '../effect/risk-line.tsx'
import { Summary } from '../effect/summary.tsx'
import { Targets } from '../effect/targets.tsx'
import type { Listed } from './bulk.ts'

/** Few changes are shown at once, many on demand. */
const MAX_SHOWN = 12

type ListedCallProps = {
  call: CallView
  listed: Listed
  /** With the text that would be written, where it was shown. */
  written?: Effect
}

/** One of several calls that are decided together, with its effect and both digests. */
export function ListedCall({ call, listed, written }: ListedCallProps) {
  const effect = knownEffect(written ?? call.effect)
  if (effect === undefined) return null
  const changes = effect.objects.reduce((sum, object) => sum + object.changes.length, 0)
  const table = <ChangesTable objects={effect.objects} seen={undefined} args={call.args} taint={call.taint ?? []} />
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line p-3">
      <div>
        <p className="text-md font-medium wrap-anywhere first-letter:uppercase">
          <Summary text={effect.summary ?? (call.title || call.tool)} />
        </p>
        <div className="flex flex-col gap-1.5 py-1">
          <Highlights effect={effect} />
          {written === undefined && <MaskLine effect={effect} written={undefined} />}
        </div>
        <div className="flex flex-wrap gap-x-3 text-ink-2">
          <RiskWord risk={effect.risk} />
          <span className="text-ink-3">{call.title || call.tool}</span>
        </div>
        <RiskReasons risk={effect.risk} reasons={effect.reasons} />
      </div>
      <Targets objects={effect.objects} />
      <BasisWarning basis={effect.basis} />
      <DeletedObjects objects={effect.objects} />
      {changes > 0 && (changes <= MAX_SHOWN ? table : <Disclosure summary={`${changes} changes`}>{table}</Disclosure>)}
      <Digests args_digest={listed.argsDigest} effect_digest={listed.effectDigest} />
    </li>
  )
}
