'use client'

import { lazy, Suspense, useState } from 'react'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import type { WantedPlace } from '../changes/shown-place.ts'
import { Details } from './details.tsx'
import { EffectFacts } from './effect-facts.tsx'
import { EffectView, type EffectViewProps } from './effect-view.tsx'
import { Highlights } from './highlights.tsx'
import type { KnownEffect } from './known-effect.ts'
import { MaskLine } from './mask-line.tsx'
import { DeletedObjects, Invocations } from './object-actions.tsx'
import { RevisionNote } from './revision-note.tsx'
import { BasisWarning, BasisWord, RiskReasons, RiskWord, Warning } from './risk-line.tsx'
import { Summary } from './summary.tsx'
import { Targets } from './targets.tsx'
import type { Written } from './use-written.ts'

const ArgumentsView = lazy(() =>
  import('../values/arguments-view.tsx').then((module) => ({ default: module.ArgumentsView })),
)

type EffectBodyProps = Omit<EffectViewProps, 'effect' | 'wanted'> & {
  effect: KnownEffect | undefined
  headingId: string
  /** What is shown in place of masks; absent where nothing waits. */
  written?: Written
  /** The summary stands in the card's folded line already. */
  hidesSummary?: boolean
}

/** From top to bottom as a person decides: what changes, how risky, on what ground, the changes, the way back. */
export function EffectBody({ effect, headingId, written, hidesSummary = false, ...view }: EffectBodyProps) {
  const [wanted, setWanted] = useState<WantedPlace>()
  const { call } = view
  const heading = effect?.summary ?? (call.title || call.tool)
  const isWaiting = call.status === 'awaiting_approval' || call.status === 'pending'
  return (
    <div className="flex flex-col gap-3 px-4 pt-3.5 pb-3">
      {isWaiting && <RevisionNote call={call} effect={effect} />}
      <div className="flex flex-col gap-1">
        {!hidesSummary && (
          <h3
            id={headingId}
            tabIndex={-1}
            className="text-lg leading-snug font-semibold tracking-[-0.005em] wrap-anywhere outline-offset-4 first-letter:uppercase"
          >
            <Summary text={heading} />
          </h3>
        )}
        {effect !== undefined && (
          <div className="flex flex-col gap-1.5 py-1">
            <Highlights effect={effect} onShow={({ object, path }) => setWanted({ object, path })} />
            <MaskLine effect={effect} written={written} />
          </div>
        )}
        {effect !== undefined && (
          <div className="flex flex-wrap items-center gap-x-3.5 gap-y-1 text-sm text-ink-2">
            <RiskWord risk={effect.risk} />
            <BasisWord basis={effect.basis} />
            <span className="text-ink-3">{call.title || call.tool}</span>
          </div>
        )}
        {effect !== undefined && <RiskReasons risk={effect.risk} reasons={effect.reasons} />}
      </div>
      {effect === undefined ? (
        <NoEffect {...view} />
      ) : (
        <>
          <Targets objects={effect.objects} />
          {effect.missing.length > 0 && <Warning>The server does not tell {listed(effect.missing)}.</Warning>}
          <BasisWarning basis={effect.basis} />
          <TaintCount count={call.taint?.length ?? 0} />
          <DeletedObjects objects={effect.objects} />
          <Invocations objects={effect.objects} />
          <EffectView {...view} effect={effect} wanted={wanted} />
          <EffectFacts call={call} effect={effect} sourceOf={view.sourceOf} />
          <Details effect={effect} />
        </>
      )}
    </div>
  )
}

function TaintCount({ count }: { count: number }) {
  if (count === 0) return null
  return (
    <Warning>
      {count === 1 ? 'One value' : `${count} values`} of this call first appeared in tool output, not in what a person
      wrote. {count === 1 ? 'It is' : 'They are'} marked below.
    </Warning>
  )
}

function NoEffect(view: Omit<EffectViewProps, 'effect'>) {
  const { status, args, taint = [], tool, call_id } = view.call
  return (
    <>
      <p className="text-sm text-ink-2">
        {status === 'pending'
          ? 'What it would do is not known yet.'
          : 'This server does not tell what the change would do; you see what is sent.'}
      </p>
      {view.hasArguments && (
        <Suspense fallback={<Skeleton className="h-24" />}>
          <ArgumentsView
            isOfWrite
            args={args}
            taint={taint}
            sourceOf={view.sourceOf}
            fileName={`${tool}-${call_id}-arguments.txt`}
          />
        </Suspense>
      )}
    </>
  )
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
